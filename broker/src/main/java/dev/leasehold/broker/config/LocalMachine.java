package dev.leasehold.broker.config;

import dev.leasehold.broker.ca.TrustFiles;
import dev.leasehold.broker.local.OwnUid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This machine: Linux, its {@code /proc} and its own user database. */
final class LocalMachine implements Machine {
  private static final Logger log = LoggerFactory.getLogger(LocalMachine.class);

  @Override
  public Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name));
  }

  @Override
  public OptionalInt ownUid() {
    try {
      return OptionalInt.of(OwnUid.read());
    } catch (IOException unknown) {
      log.warn("event=own-uid-unknown reason=\"{}\"", unknown.getMessage());
      return OptionalInt.empty();
    }
  }

  @Override
  public Optional<FileFacts> facts(Path file) {
    try {
      Map<String, Object> found = Files.readAttributes(file, "unix:mode,uid,gid,isRegularFile");
      return Optional.of(
          new FileFacts(
              (Boolean) fact(found, "isRegularFile"),
              Files.isReadable(file),
              (Integer) fact(found, "mode"),
              (Integer) fact(found, "uid"),
              (Integer) fact(found, "gid"),
              Files.getFileStore(file).isReadOnly()));
    } catch (IOException | UnsupportedOperationException absent) {
      return Optional.empty();
    }
  }

  private static Object fact(Map<String, Object> found, String name) {
    return Objects.requireNonNull(found.get(name), name);
  }

  @Override
  public Optional<String> refusal(Path runtimeDir) {
    return TrustFiles.refusal(runtimeDir); // who checks need not be the sidecar
  }

  // Reads the files, since Java has no other way to them; users of a directory service are unknown
  // there, and what is unknown counts as a member.
  @Override
  public boolean mayBelong(int uid, int gid) {
    try {
      Optional<String[]> user = line("/etc/passwd", 2, uid);
      Optional<String[]> group = line("/etc/group", 2, gid);
      if (user.isEmpty() || group.isEmpty()) {
        return true;
      }
      String[] account = user.get();
      boolean primary = account.length > 3 && account[3].equals(String.valueOf(gid));
      boolean listed =
          group.get().length > 3 && List.of(group.get()[3].split(",")).contains(account[0]);
      return primary || listed;
    } catch (IOException unknown) {
      return true;
    }
  }

  private static Optional<String[]> line(String file, int column, int number) throws IOException {
    for (String line : Files.readAllLines(Path.of(file), StandardCharsets.ISO_8859_1)) {
      String[] parts = line.split(":", -1);
      if (parts.length > column && parts[column].equals(String.valueOf(number))) {
        return Optional.of(parts);
      }
    }
    return Optional.empty();
  }
}
