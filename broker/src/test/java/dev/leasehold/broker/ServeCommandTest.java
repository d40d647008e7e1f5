package dev.leasehold.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.config.LoadResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, Runnable> signals = new ConcurrentHashMap<>();
  private final CountDownLatch heard = new CountDownLatch(3);
  private final BlockingQueue<LoadResult> taken = new LinkedBlockingQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  @TempDir Path folder;

  @Test
  void servesUntilItIsToldToStop() throws Exception {
    // Given
    CompletableFuture<Integer> status = serve(configuration -> new Fake(Optional.empty()));
    assertTrue(heard.await(20, TimeUnit.SECONDS));

    // When
    send("HUP");

    // Then
    assertInstanceOf(LoadResult.Loaded.class, taken.poll(20, TimeUnit.SECONDS));
    assertFalse(status.isDone());

    // When
    send("TERM");

    // Then
    assertEquals(0, status.get(20, TimeUnit.SECONDS));
    assertEquals(0, closed.getCount());
    assertTrue(
        text().lines().anyMatch(line -> line.startsWith("leasehold ready proxy=p config=")),
        text());
  }

  @Test
  void stoppedBeforeItWasReadyItSaysWhatWasMissing() throws Exception {
    // Given
    CompletableFuture<Integer> status =
        serve(configuration -> new Fake(Optional.of("no answer from Vault")));
    assertTrue(heard.await(20, TimeUnit.SECONDS));

    // When
    send("INT");

    // Then
    assertEquals(69, status.get(20, TimeUnit.SECONDS));
    assertEquals(0, closed.getCount());
    assertTrue(text().contains("no answer from Vault"), text());
    assertFalse(text().contains("leasehold ready"), text());
  }

  @Test
  void whatCannotStartIsSaidInOneLine() throws Exception {
    // When
    CompletableFuture<Integer> status =
        serve(
            configuration -> {
              throw new StartException("the port is taken", new IOException("port"));
            });

    // Then
    assertEquals(69, status.get(20, TimeUnit.SECONDS));
    assertEquals("leasehold: cannot start: the port is taken\n", text());
  }

  private CompletableFuture<Integer> serve(Sidecar.Starter starter) throws IOException {
    Path ca = Files.writeString(folder.resolve("ca.pem"), "");
    Path file =
        Files.writeString(
            folder.resolve("config.yaml"),
            Files.readString(Path.of("..", "config-examples", "minimal", "config.yaml"))
                .replace("uid: 1001", "uid: 1999999999")
                .replace("/etc/leasehold/vault-ca.pem", ca.toString()));
    ServeCommand command =
        new ServeCommand(
            starter,
            (name, action) -> {
              signals.put(name, action);
              heard.countDown();
            });
    Console console =
        new Console(
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of());
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return command.run(List.of("--config", file.toString()), console);
          } catch (UsageException wrong) {
            throw new AssertionError(wrong);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private void send(String signal) {
    Objects.requireNonNull(signals.get(signal)).run();
  }

  private String text() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private final class Fake implements Sidecar {
    private final Optional<String> missing;

    Fake(Optional<String> missing) {
      this.missing = missing;
    }

    @Override
    public String addresses() {
      return "proxy=p";
    }

    @Override
    public Optional<String> awaitServices(Duration patience) {
      return missing;
    }

    @Override
    public void take(LoadResult result) {
      taken.add(result);
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }
}
