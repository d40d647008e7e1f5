package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.YamlText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a file that somebody wrote: bounded, and UTF-8 or refused. */
final class TextFile {
  private TextFile() {}

  /** Empty when it cannot be read; the reason is then among the errors. Blocks. */
  static Optional<String> read(Path file, Reading reading) {
    try {
      if (Files.size(file) > 4L * YamlText.MAX_LENGTH) {
        reading.error("", 1, "larger than 1 MiB");
        return Optional.empty();
      }
      byte[] bytes = Files.readAllBytes(file);
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException notText) {
      reading.error("", 1, "not UTF-8");
    } catch (NoSuchFileException absent) {
      reading.error("", 1, "there is no such file: " + file);
    } catch (IOException unreadable) {
      reading.error("", 1, "the file cannot be read: " + unreadable.getClass().getSimpleName());
    }
    return Optional.empty();
  }
}
