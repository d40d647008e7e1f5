package dev.leasehold.suite.policy;

import dev.leasehold.broker.config.ConfigLoader;
import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.config.LoadResult;
import dev.leasehold.testbed.server.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** An example with the addresses and files of this machine in the place of its own. */
final class LoadedExample {
  private LoadedExample() {}

  /**
   * @param changes of the text
   */
  static Configuration of(Path example, Map<String, String> changes, RunFolder run) {
    try {
      String text = Files.readString(example.resolve("config.yaml"));
      for (Map.Entry<String, String> change : changes.entrySet()) {
        text = text.replace(change.getKey(), change.getValue());
      }
      Path folder = run.folder(example.getFileName().toString() + "-example");
      Path ca = Files.createFile(folder.resolve("ca.pem"));
      text =
          text.replace("/etc/leasehold/vault-ca.pem", ca.toString())
              .replace("uid: 1001", "uid: 64001")
              .replaceAll("file:(?![ /])", "file:" + example + "/");
      Path file = Files.writeString(folder.resolve("config.yaml"), text);
      return switch (ConfigLoader.load(file)) {
        case LoadResult.Loaded loaded -> loaded.configuration();
        case LoadResult.Refused refused -> throw new AssertionError(refused.errors());
      };
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
