package dev.leasehold.testbed.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A server's program and where it may lie. Tried in order: the file that a setting names, the PATH,
 * the cache folder that {@code .ci/servers} builds into, and folders of the distribution that are
 * not on the PATH.
 *
 * @param name on the PATH
 * @param setting that names the file, such as {@code LEASEHOLD_VAULT_BIN}; empty for none
 * @param cached file name in the cache folder; empty if it is never built there
 * @param folders globs of further folders, the last match in name order is taken
 */
public record Program(String name, String setting, String cached, List<String> folders) {

  public Program {
    folders = List.copyOf(folders);
  }

  public Optional<Path> find() {
    Optional<String> given = setting.isEmpty() ? Optional.empty() : Setting.of(setting);
    if (given.isPresent()) {
      Path file = Path.of(given.get());
      if (!Files.isExecutable(file)) {
        throw new MissingServerException(setting + " names " + file + ", which cannot be run");
      }
      return Optional.of(file);
    }
    return candidates().stream().filter(Program::runnable).findFirst();
  }

  private List<Path> candidates() {
    List<Path> files = new ArrayList<>();
    String path = Setting.of("PATH").orElse("/usr/bin:/bin");
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty()) {
        files.add(Path.of(folder, name));
      }
    }
    if (!cached.isEmpty()) {
      files.add(cacheFolder().resolve("bin").resolve(cached));
    }
    for (String folder : folders) {
      files.addAll(matches(folder));
    }
    return files;
  }

  /** {@code ${XDG_CACHE_HOME:-~/.cache}/leasehold}. */
  public static Path cacheFolder() {
    Path cache =
        Setting.of("XDG_CACHE_HOME")
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("user.home", "/"), ".cache"));
    return cache.resolve("leasehold");
  }

  /** Only the last segment but one may be a pattern: {@code /usr/lib/postgresql/STAR/bin}. */
  private List<Path> matches(String folder) {
    int star = folder.indexOf('*');
    if (star < 0) {
      return List.of(Path.of(folder, name));
    }
    Path parent = Path.of(folder.substring(0, star));
    String rest = folder.substring(star + 1).replaceFirst("^/", "");
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(parent)) {
      for (Path child : children) {
        found.add(child.resolve(rest).resolve(name));
      }
    } catch (IOException unreadable) {
      return List.of();
    }
    found.sort(Collections.reverseOrder());
    return found;
  }

  private static boolean runnable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
