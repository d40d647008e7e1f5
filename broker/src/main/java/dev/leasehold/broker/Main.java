package dev.leasehold.broker;

import dev.leasehold.broker.client.ApprovalsCommand;
import dev.leasehold.broker.client.BreakGlassCommand;
import dev.leasehold.broker.client.LockCommand;
import dev.leasehold.broker.client.RunCommand;
import dev.leasehold.broker.client.TaskCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The command line. */
public final class Main {
  private static final String USAGE =
      """
      usage: leasehold COMMAND …

        serve --config FILE             run the sidecar until SIGTERM
        check --config FILE [--online]  every mistake in a configuration; online: would it work
        run --task KIND --purpose TEXT [--ttl 10m] [--destination NAME]… [--endpoint NAME]… -- CMD…
                                        run CMD as a task that ends with it
        task open --task KIND --purpose TEXT | list | show [ID] | end [ID] [--wait 10s]
        approvals list | show ID | approve ID [--reason TEXT] [--unseen yes] | deny ID
        break-glass open --task ID|--kind NAME --reason TEXT --for 15m | confirm ID | end ID | list | show ID
                                        for humans: [--control unix:///PATH|http://127.0.0.1:PORT]
                                        [--token-file FILE] [--json]
        revoke-all --reason TEXT        end everything, and lock
        unlock                          let tasks be opened again
                                        task, revoke-all, unlock: [--control unix:///PATH|http://127.0.0.1:PORT]
                                        [--token-file FILE] [--json]
        vault plan|apply|diff --config FILE [--token-file FILE] [--bundle FILE]
                                        what Vault needs for it: print, write, compare
        policy test FILE | explain --agent ID --kind KIND --destination NAME … | replay AUDIT
                                        --config FILE: what a policy says, before it says it
        audit verify FILE               was anything in an audit file changed
        version                         of Leasehold and what it runs on
        help                            this text

      docs/configuration.md explains the file.
      """;

  private Main() {}

  public static void main(String[] words) {
    Console console =
        new Console(stream(FileDescriptor.out), stream(FileDescriptor.err), System.getenv());
    System.exit(run(Arrays.asList(words), console));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  static int run(List<String> words, Console console) {
    if (words.isEmpty()) {
      console.err().print(USAGE);
      return ExitStatus.USAGE;
    }
    String name = words.getFirst();
    try {
      return command(name).run(words.subList(1, words.size()), console);
    } catch (UsageException wrong) {
      console.complain(wrong.getMessage() + "; see leasehold help");
      return ExitStatus.USAGE;
    } catch (RuntimeException bug) {
      reportBug(bug, console);
      return ExitStatus.SOFTWARE;
    }
  }

  private static Command command(String name) throws UsageException {
    return switch (name) {
      case "serve" -> serve();
      case "check" -> new CheckCommand();
      case "vault" -> new VaultCommand();
      case "run" -> (words, on) -> RunCommand.run(words, on.environment(), on.out(), on.err());
      case "task" -> (words, on) -> TaskCommand.run(words, on.environment(), on.out(), on.err());
      case "approvals" ->
          (words, on) -> ApprovalsCommand.run(words, on.environment(), on.out(), on.err());
      case "break-glass" ->
          (words, on) -> BreakGlassCommand.run(words, on.environment(), on.out(), on.err());
      case "revoke-all" ->
          (words, on) -> LockCommand.revokeAll(words, on.environment(), on.out(), on.err());
      case "unlock" ->
          (words, on) -> LockCommand.unlock(words, on.environment(), on.out(), on.err());
      case "policy" -> new PolicyCommand();
      case "audit" -> new AuditCommand();
      case "version", "--version" -> new VersionCommand();
      case "help", "--help", "-h" ->
          (words, console) -> {
            console.out().print(USAGE);
            return ExitStatus.DONE;
          };
      default -> throw new UsageException("unknown command: " + name);
    };
  }

  private static Command serve() {
    ProcessGuard.close(); // before the first secret
    Version version = Version.current();
    return new ServeCommand(configuration -> Broker.start(configuration, version), Signals::listen);
  }

  /** Where it happened, without the exception's message: that could quote anything. */
  private static void reportBug(RuntimeException bug, Console console) {
    console.complain("a bug in Leasehold: " + bug.getClass().getName());
    for (StackTraceElement frame : bug.getStackTrace()) {
      console.err().println("    at " + frame);
    }
  }
}
