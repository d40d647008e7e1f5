package dev.leasehold.broker.local;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketFileTest {
  private static final int SOMEBODY = 54_321;

  @TempDir private Path folder;

  private void refused(Path path, String word) {
    IOException refusal = assertThrows(IOException.class, () -> SocketFile.prepare(path));
    assertTrue(String.valueOf(refusal.getMessage()).contains(word), refusal::toString);
  }

  @Test
  void folderOfAnotherUserIsRefused() throws Exception {
    // Given
    assumeTrue(OwnUid.read() == 0, "only root can give a folder away");
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setAttribute(foreign, "unix:uid", SOMEBODY);

    // Then
    refused(foreign.resolve("socket"), "belongs to another user");
  }

  @Test
  void folderThatOthersCanWriteIsRefused() throws Exception {
    // Given
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxr-x"));

    // Then
    refused(open.resolve("socket"), "can be written by others");
  }

  @Test
  void fileThatIsNoSocketStays() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("socket"), "notes");

    // Then
    refused(file, "is no socket");
    assertTrue(Files.exists(file));
  }

  @Test
  void socketThatNobodyServesIsRemovedAndAServedOneIsNot() throws Exception {
    // Given
    Path path = folder.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      refused(path, "is served by another process");
    }

    // When
    SocketFile.prepare(path);

    // Then
    assertFalse(Files.exists(path));
  }
}
