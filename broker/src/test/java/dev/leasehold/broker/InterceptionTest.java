package dev.leasehold.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.leasehold.broker.ca.TrustFiles;
import dev.leasehold.broker.testing.Eventually;
import dev.leasehold.broker.testing.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the CA and its files while the sidecar runs. */
final class InterceptionTest {
  @TempDir Path temp;

  private final VirtualTime time = new VirtualTime();
  private Path folder;
  private Path trusted;
  private Interception interception;

  @BeforeEach
  void start() throws IOException {
    folder = temp.resolve("run");
    trusted = folder.resolve(TrustFiles.CA);
    int ownUid = (Integer) Files.getAttribute(temp, "unix:uid");
    interception =
        Interception.start(
            new TrustFiles(folder, ownUid, Optional::empty),
            time,
            Set.of("a.example"),
            Optional.empty());
    interception.tend(time);
  }

  @AfterEach
  void close() throws IOException {
    interception.close();
  }

  private void passOnce() {
    time.advance(Interception.TENDED_EVERY);
    Eventually.holds("it goes on", () -> time.waiting() == 1);
  }

  private long roots() {
    try {
      return Files.readString(trusted).lines().filter(line -> line.contains("BEGIN")).count();
    } catch (IOException missing) {
      return 0;
    }
  }

  @Test
  void lostFileComesBack() throws IOException {
    Files.delete(trusted);
    passOnce();
    assertEquals(1, roots());
  }

  @Test
  void whatCannotBeWrittenIsTriedAgain() throws IOException {
    Path away = Files.move(folder, temp.resolve("away"));
    Files.createFile(folder);
    passOnce();
    assertEquals(0, roots());

    Files.delete(folder);
    Files.move(away, folder);
    Files.delete(trusted);
    passOnce();
    assertEquals(1, roots());
  }

  @Test
  void caNearItsEndIsFollowedByAnother() {
    time.advance(Duration.ofDays(300));
    Eventually.holds("it goes on", () -> time.waiting() == 1);
    passOnce();
    assertEquals(2, roots());
  }

  @Test
  void nothingRunsOrIsLeftWhenClosed() throws IOException {
    interception.close();
    assertEquals(0, time.waiting());
    interception.tend(time);
    assertEquals(0, time.waiting());
    assertFalse(Files.exists(trusted));
  }

  @Test
  void caThatAnotherSignsIsMissingUntilItIsSigned() throws IOException {
    Path other = temp.resolve("signed");
    int ownUid = (Integer) Files.getAttribute(temp, "unix:uid");
    try (Interception signed =
        Interception.start(
            new TrustFiles(other, ownUid, Optional::empty),
            time,
            Set.of("a.example"),
            Optional.of(Duration.ofDays(30)))) {
      assertEquals(Optional.of("no interception CA: it is not made yet"), signed.notReady());
      signed.makeBy(
          (name, request, constraints) -> {
            throw new IOException("Vault is sealed");
          });
      assertEquals(Optional.of("no interception CA: Vault is sealed"), signed.notReady());
      assertFalse(Files.exists(other));
    }
    assertEquals(Optional.empty(), interception.notReady());
  }
}
