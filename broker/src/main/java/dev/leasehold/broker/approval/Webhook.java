package dev.leasehold.broker.approval;

import dev.leasehold.broker.approval.Approval.State;
import dev.leasehold.broker.http.JsonPost;
import dev.leasehold.broker.secret.SecretFile;
import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts each question, signed, to a program of the operator's by one POST, and takes the signed
 * answer that the response may be. The program holds the response until a human has answered, or
 * says 202 and is asked again, until the question is not open any more. It is one approver,
 * whichever human stands behind it: two have to be another one's.
 */
public final class Webhook implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Webhook.class);
  private static final int MOST_ANSWER = 16 * 1024;
  private static final int ACCEPTED = 202;
  private static final int MOST_CONNECTIONS = 64;

  /** How long a response may be held, and how long until the next try. */
  static final Duration HELD = Duration.ofSeconds(55);

  static final Duration AGAIN = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final Approvals approvals;
  private final InstantSource clock;
  private final Metrics metrics;
  private final Duration again;
  private final Signature signature;
  private final Approver self;
  private final HttpClient client;
  private final JsonPost post;

  Webhook(
      Vertx vertx,
      WebhookConfig config,
      Approvals approvals,
      InstantSource clock,
      Metrics metrics,
      Duration again)
      throws IOException {
    this.vertx = vertx;
    this.approvals = approvals;
    this.clock = clock;
    this.metrics = metrics;
    this.again = again;
    byte[] key = SecretFile.withoutLineEnds(Files.readAllBytes(config.key()));
    if (key.length < Signature.SHORTEST_KEY) {
      throw new IOException(
          "approvals.webhook.key: a secret of "
              + Signature.SHORTEST_KEY
              + " bytes or more is needed: openssl rand -hex 32 > FILE");
    }
    this.signature = new Signature(key);
    Arrays.fill(key, (byte) 0);
    this.post = new JsonPost(config.url(), again, HELD, MOST_ANSWER);
    this.self = new Approver("webhook", config.groups(), Optional.empty());
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setKeepAlive(true).setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS)); // each holds one for a while
  }

  /**
   * From here on it is told of every question.
   *
   * @throws IOException when the key cannot be read, or is too short
   */
  public static Webhook start(
      Vertx vertx, WebhookConfig config, Approvals approvals, InstantSource clock, Metrics metrics)
      throws IOException {
    Webhook webhook = new Webhook(vertx, config, approvals, clock, metrics, AGAIN);
    approvals.whenAsked(webhook::ask);
    return webhook;
  }

  void ask(Approval question) {
    if (approvals.state(question) != State.PENDING) {
      return;
    }
    JsonBytes json = new JsonBytes(4096);
    ApprovalJson.write(json, question, State.PENDING, true);
    byte[] body = json.toByteArray();
    var unused =
        post.send(
                client,
                Buffer.buffer(body),
                Map.of(Signature.HEADER, signature.ofQuestion(body, clock.instant())))
            .map(answer -> isAnswered(answer, question))
            .onComplete(
                done -> {
                  if (done.failed()) {
                    failed(
                        done.cause() instanceof JsonPost.TooLong
                            ? "its answer is too long"
                            : "it could not be asked");
                  }
                  if (done.failed() || !done.result()) {
                    vertx.setTimer(again.toMillis(), timer -> ask(question));
                  }
                });
  }

  private boolean isAnswered(JsonPost.Answer answer, Approval question) {
    return switch (answer.status()) {
      case 200 -> take(answer.headers().get(Signature.HEADER), answer.body(), question);
      case ACCEPTED -> false;
      default -> {
        failed("it answered with status " + answer.status());
        yield false;
      }
    };
  }

  private boolean take(@Nullable String signed, Buffer answer, Approval question) {
    if (!signature.isOfAnswer(signed, answer.getBytes(), clock.instant())) {
      return refused("its answer is not signed with the key, or not now");
    }
    try {
      JsonObject json = new JsonObject(answer);
      String decision = text(json, "decision");
      if (!text(json, "id").equals(question.id())) {
        return refused("its answer is to another question");
      }
      if (!decision.equals("approve") && !decision.equals("deny")) {
        return refused("its decision is neither approve nor deny");
      }
      return approvals
          .answer(
              question,
              self,
              decision.equals("approve"),
              text(json, "digest"),
              json.getValue("unseen") instanceof Boolean unseen && unseen,
              words(json))
          .map(why -> refused("its answer does not count: " + why))
          .orElse(true);
    } catch (RuntimeException nonsense) {
      return refused("its answer makes no sense");
    }
  }

  /** Empty where there is no such text. */
  private static String text(JsonObject json, String name) {
    return json.getValue(name) instanceof String text ? text : "";
  }

  /** Who it says has answered, and why: for the audit log, and nothing rests on it. */
  private static String words(JsonObject json) {
    String words = text(json, "approver") + ": " + text(json, "reason");
    return words.substring(0, Math.min(words.length(), 256));
  }

  private boolean refused(String why) {
    metrics.approval("webhook-refused");
    log.warn("event=approval_webhook_refused cause=\"{}\"", why);
    return false;
  }

  private void failed(String why) {
    metrics.approval("webhook-failed");
    log.warn("event=approval_webhook_failed cause=\"{}\"", why);
  }

  @Override
  public void close() {
    var unused = client.close();
  }
}
