package dev.leasehold.testbed.quickstart;

import dev.leasehold.testbed.quickstart.HttpCalls.Answer;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.sidecar.Sidecar;
import dev.leasehold.testbed.target.BasicLogin;
import dev.leasehold.testbed.target.SeenRequest;
import dev.leasehold.testbed.vault.VaultCall;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The main job, step by step, as its reader sees it. */
final class Story {
  private static final List<String> STORY =
      List.of(
          "task.opened",
          "lease.issued",
          "call.decided",
          "call.finished",
          "task.signalled",
          "lease.proven",
          "task.ended");

  /** The credential as the target saw it. */
  private record Seen(String authorization, BasicLogin login) {
    static Seen of(SeenRequest request) {
      String header = request.header("authorization");
      return new Seen(header, BasicLogin.parse(header).orElseThrow());
    }

    String user() {
      return login.user();
    }

    String password() {
      return login.password();
    }
  }

  private final Stage stage;
  private final Narrator tell;

  Story(Stage stage, Narrator narrator) {
    this.stage = stage;
    this.tell = narrator;
  }

  /** Tells all of it; the sidecar goes on running. */
  Sidecar tell() throws IOException {
    introduce();
    setUpVault();
    Sidecar sidecar = serve();
    JsonObject task = openTask();
    Seen credential = call(task);
    String lease = stage.testbed().vaultAdmin().leases(Stage.CREDENTIAL_PATH).getFirst();
    deny(task);
    askAHuman(task);
    end(task);
    proveDead(task, credential, lease);
    readRecords(task, credential, sidecar);
    return sidecar;
  }

  private void introduce() {
    tell.step("The surroundings");
    tell.say("Running: " + stage.testbed().describe() + ".");
    tell.say("And a foreign API over TLS at " + stage.api().address() + "/orders. It takes a");
    tell.say("user name and a password, and asks the database whether they are good.");
    if (stage.accounts().areSeparate()) {
      tell.say(
          "Leasehold has the uid %d, the agent %d."
              .formatted(stage.accounts().sidecar(), stage.accounts().agent()));
    } else {
      tell.say(
          "One user runs all of this, so the agent could read Leasehold's memory. That is why");
      tell.say(
          "the configuration has to say unsafe-same-uid; as root, each gets a uid of its own.");
    }
  }

  private void setUpVault() {
    tell.step(
        "Vault is set up from Leasehold's configuration, with the least rights that it needs");
    Ran checked = leasehold(Map.of(), "check", "--config", config());
    tell.output(checked.err());
    tell.claim("the configuration has no error", () -> checked.status() == 0);
    Map<String, String> admin = Map.of("VAULT_TOKEN", stage.testbed().vault().adminToken());
    String bundle = stage.bundle().toString();
    tell.output(
        leasehold(admin, "vault", "apply", "--config", config(), "--bundle", bundle)
            .orThrow()
            .out());
    Ran diff = leasehold(admin, "vault", "diff", "--config", config(), "--bundle", bundle);
    tell.claim("Vault allows what is needed and nothing wider", () -> diff.status() == 0);
  }

  private Sidecar serve() {
    tell.step("Leasehold starts: its identity from the Workload API, its login at Vault over mTLS");
    tell.command("leasehold serve --config " + config());
    Sidecar sidecar =
        stage
            .testbed()
            .keep(
                Sidecar.start(
                    stage.distribution(),
                    stage.accounts().sidecar(),
                    stage.config(),
                    stage.folder().resolve("log/leasehold.log")))
            .awaitReady();
    tell.output(
        sidecar.output().lines().filter(line -> line.startsWith(Sidecar.READY)).findFirst().get());
    tell.claim(
        "Vault saw a login by client certificate",
        () -> calls("auth/cert/login").stream().anyMatch(call -> !call.failed()));
    tell.claim("no credential exists yet: none is fetched before it is needed", this::noUser);
    return sidecar;
  }

  private JsonObject openTask() {
    tell.step("The agent opens a task. It has no secret in hand, and is given none");
    Ran opened =
        agent(
            "task",
            "open",
            "--task",
            "report",
            "--purpose",
            "the daily report of orders",
            "--json");
    JsonObject task = new JsonObject(opened.orThrow().out());
    tell.output(
        "task %s, until %s, proxy %s"
            .formatted(
                task.getString("id"),
                task.getString("expires_at"),
                "127.0.0.1:" + stage.proxyPort()));
    tell.claim("still no credential exists", this::noUser);
    return task;
  }

  private Seen call(JsonObject task) {
    tell.step("The agent calls the API over HTTPS, as it would call it without Leasehold");
    tell.say("Leasehold answers as that host, under a CA that only the task's environment trusts,");
    tell.say("and verifies the API's own certificate before the secret leaves.");
    Answer answer = throughProxy(task, "/orders");
    tell.output(answer.status() + " " + answer.body());
    tell.claim("the call succeeded", () -> answer.status() == 200);
    Seen credential = Seen.of(stage.api().requests().getLast());
    tell.say("The API saw the user " + credential.user() + ", which the agent never did:");
    tell.claim(
        "Vault made this user in the database for this task",
        () ->
            stage.testbed().database().leasedUsers().equals(List.of(credential.user()))
                && calls(Stage.CREDENTIAL_PATH).stream()
                    .anyMatch(call -> task.getString("id").equals(call.metadata().get("task"))));
    tell.claim(
        "neither the task that the agent was given nor the answer holds name or password",
        () ->
            List.of(credential.user(), credential.password(), credential.authorization()).stream()
                .noneMatch(
                    secret -> task.encode().contains(secret) || answer.body().contains(secret)));
    return credential;
  }

  private void deny(JsonObject task) {
    tell.step("A rule of the policy says no, and the agent is told which");
    int before = stage.api().requests().size();
    Answer answer = throughProxy(task, "/orders/customers");
    tell.output(answer.status() + " " + answer.body());
    tell.claim(
        "the answer names the rule and whom to ask",
        () ->
            answer.status() == 403
                && answer.body().contains("policy.rules.no-customers")
                && answer.body().contains("privacy-team"));
    tell.claim(
        "nothing of the call reached the API", () -> stage.api().requests().size() == before);
  }

  private void askAHuman(JsonObject task) throws IOException {
    tell.step("Another rule wants a human to agree: the call is held meanwhile");
    int before = stage.api().requests().size();
    CompletableFuture<Answer> held =
        CompletableFuture.supplyAsync(() -> throughProxy(task, "/orders/archive"));
    String question = question(held);
    Path token = stage.human().logIn();
    tell.say("Anna logs in to her identity provider, and is shown what Leasehold saw:");
    tell.output(approvals(token, "show", question).orThrow().out());
    tell.claim(
        "nothing of the call has reached the API",
        () -> stage.api().requests().size() == before && !held.isDone());
    tell.output(approvals(token, "approve", question, "--reason", "agreed").orThrow().out());
    Answer answer = held.join();
    tell.output(answer.status() + " " + answer.body());
    tell.claim("the call went on and succeeded", () -> answer.status() == 200);
  }

  private String question(CompletableFuture<Answer> held) throws IOException {
    Path token = stage.human().logIn();
    while (!held.isDone()) {
      List<String> line =
          approvals(token, "list")
              .orThrow()
              .out()
              .lines()
              .filter(l -> l.startsWith("apr_"))
              .toList();
      if (!line.isEmpty()) {
        tell.output(line.getFirst());
        return line.getFirst().split(" ", 2)[0];
      }
    }
    throw new IllegalStateException("the call was not held: " + held.join());
  }

  private Ran approvals(Path token, String... words) {
    if (!words[0].equals("list")) {
      tell.command("leasehold approvals " + String.join(" ", words) + "    # as Anna");
    }
    List<String> command = new ArrayList<>(List.of("approvals"));
    command.addAll(List.of(words));
    command.addAll(
        List.of("--control", stage.approvalsAddress(), "--token-file", token.toString()));
    return Ran.command(
        stage.distribution().command(stage.accounts().operator(), command), Map.of());
  }

  private void end(JsonObject task) {
    tell.step("The end of the task is signalled");
    Ran ended = agent("task", "end", task.getString("id"), "--wait", "20s", "--json");
    JsonObject report = new JsonObject(ended.orThrow().out());
    tell.output(report.encode());
    tell.claim(
        "the report says: one lease, revoked, and proven dead in Vault",
        () ->
            report.getString("proof").equals("complete")
                && report.getInteger("leases") == 1
                && report.getInteger("proven_vault") == 1);
  }

  private void proveDead(JsonObject task, Seen credential, String lease) {
    tell.step("Nobody has to believe that");
    tell.say("Vault is asked by its administrator about " + lease + ":");
    tell.claim(
        "Vault does not know the lease any more",
        () -> !stage.testbed().vaultAdmin().leaseAlive(lease));
    tell.claim("the database does not have the user any more", this::noUser);
    tell.say("The very same user name and password are shown to the API once more:");
    int status = direct(credential).status();
    tell.claim("the API refuses them: " + status, () -> status == 401);
    Answer late = throughProxy(task, "/orders");
    tell.output(late.status() + " " + late.body());
    tell.claim("and the agent's task opens no door any more", () -> late.status() == 403);
  }

  private void readRecords(JsonObject task, Seen credential, Sidecar sidecar) throws IOException {
    tell.step("The audit log and the metrics tell the same story");
    String id = task.getString("id");
    String audit = Files.readString(stage.auditFile());
    List<String> events =
        audit
            .lines()
            .filter(line -> line.contains(id))
            .map(line -> new JsonObject(line).getString("type"))
            .toList();
    tell.output(String.join(" → ", events));
    tell.claim(
        "it tells of the opening, the lease, the call, the end and the proof, in this order",
        () -> tellsInOrder(events));
    Ran verified = leasehold(Map.of(), "audit", "verify", stage.auditFile().toString());
    tell.output(verified.out());
    tell.claim("the chain of audit lines is whole", () -> verified.status() == 0);
    String metrics = metrics();
    List<String> telling =
        List.of(
            "leasehold_tasks_ended_total{kind=\"report\",signal=\"completed\"} 1.0",
            "leasehold_leases_active{credential=\"orders-db\",revocability=\"hard\"} 0.0");
    telling.forEach(tell::output);
    tell.claim(
        "the metrics count one task ended and no lease held",
        () -> telling.stream().allMatch(line -> metrics.lines().anyMatch(line::equals)));
    tell.claim(
        "the password stands in none of them, nor in Leasehold's log",
        () -> !(audit + metrics + sidecar.output()).contains(credential.password()));
  }

  private static boolean tellsInOrder(List<String> events) {
    int at = -1;
    for (String type : STORY) {
      int next = events.indexOf(type);
      if (next <= at) {
        return false;
      }
      at = next;
    }
    return true;
  }

  private boolean noUser() {
    return stage.testbed().database().leasedUsers().isEmpty();
  }

  private List<VaultCall> calls(String path) {
    return stage.testbed().vault().calls().stream()
        .filter(call -> call.path().equals(path))
        .toList();
  }

  private String config() {
    return stage.config().toString();
  }

  private Ran leasehold(Map<String, String> environment, String... arguments) {
    String variables = environment.containsKey("VAULT_TOKEN") ? "VAULT_TOKEN=… " : "";
    tell.command(variables + "leasehold " + String.join(" ", arguments));
    return Ran.command(
        stage.distribution().command(stage.accounts().operator(), List.of(arguments)), environment);
  }

  private Ran agent(String... arguments) {
    tell.command("leasehold " + String.join(" ", arguments));
    return Ran.command(
        stage.distribution().command(stage.accounts().agent(), List.of(arguments)),
        Map.of("LEASEHOLD_CONTROL", stage.controlAddress()));
  }

  private Answer throughProxy(JsonObject task, String path) {
    String url = stage.api().address().resolve(path).toString();
    Map<String, String> environment = new HashMap<>();
    task.getJsonObject("env")
        .forEach(entry -> environment.put(entry.getKey(), (String) entry.getValue()));
    Optional<Path> curl = HttpCalls.curl();
    if (curl.isEmpty()) {
      tell.command("(with the task's environment, by Java since there is no curl) GET " + url);
      return HttpCalls.asAgent(environment, url);
    }
    tell.command("curl " + url + "    # with the environment that the task came with");
    return HttpCalls.asAgent(curl.get(), stage.accounts().agent(), environment, url);
  }

  private Answer direct(Seen credential) {
    return HttpCalls.direct(
        HttpClient.newBuilder().sslContext(stage.testbed().ca().clientContext()).build(),
        stage.api().address().resolve("/orders"),
        Map.of("Authorization", credential.authorization()));
  }

  private String metrics() {
    String url = "http://127.0.0.1:" + stage.adminPort() + "/metrics";
    tell.command("curl " + url);
    return HttpCalls.direct(HttpClient.newHttpClient(), URI.create(url), Map.of()).body();
  }
}
