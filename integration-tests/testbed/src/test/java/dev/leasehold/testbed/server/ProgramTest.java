package dev.leasehold.testbed.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgramTest {

  private static final String SETTING = "LEASEHOLD_PROGRAM_TEST_BIN";
  private static final String NAME = "no-program-has-this-name";

  @TempDir private Path folder = Path.of("");

  @AfterEach
  void forget() {
    System.clearProperty(SETTING);
    System.clearProperty("XDG_CACHE_HOME");
    System.clearProperty("PATH");
  }

  @Test
  void namedFileIsTakenBeforeAnyOther() throws IOException {
    // Given
    Path named = executable(folder.resolve("named"));
    System.setProperty("PATH", folder.toString());
    executable(folder.resolve(NAME));
    System.setProperty(SETTING, named.toString());

    // When
    Optional<Path> found = new Program(NAME, SETTING, "", List.of()).find();

    // Then
    assertEquals(Optional.of(named), found);
  }

  @Test
  void namedFileThatCannotRunIsAnErrorAndNotPassedOver() {
    // Given
    System.setProperty(SETTING, folder.resolve("nothing").toString());

    // When
    MissingServerException missing =
        assertThrows(
            MissingServerException.class, () -> new Program("sh", SETTING, "", List.of()).find());

    // Then
    assertTrue(missing.toString().contains(SETTING), missing.toString());
  }

  @Test
  void pathComesBeforeTheCache() throws IOException {
    // Given
    Path programs = Files.createDirectory(folder.resolve("path"));
    Path onPath = executable(programs.resolve(NAME));
    System.setProperty("PATH", programs.toString());
    cached("thing-1.0");

    // When
    Optional<Path> found = new Program(NAME, SETTING, "thing-1.0", List.of()).find();

    // Then
    assertEquals(Optional.of(onPath), found);
  }

  @Test
  void cacheHoldsWhatWasBuiltHere() throws IOException {
    // Given
    Path built = cached("thing-1.0");

    // When
    Optional<Path> found = new Program(NAME, SETTING, "thing-1.0", List.of()).find();

    // Then
    assertEquals(Optional.of(built), found);
  }

  @Test
  void newestVersionOfADistributionIsTaken() throws IOException {
    // Given
    executable(Files.createDirectories(folder.resolve("lib/14/bin")).resolve(NAME));
    Path newer = executable(Files.createDirectories(folder.resolve("lib/15/bin")).resolve(NAME));

    // When
    Optional<Path> found =
        new Program(NAME, SETTING, "", List.of(folder + "/lib/*/bin", "/nowhere/*/bin")).find();

    // Then
    assertEquals(Optional.of(newer), found);
  }

  @Test
  void absentProgramIsNotFound() {
    // When
    Optional<Path> found = new Program(NAME, SETTING, "", List.of("/nowhere")).find();

    // Then
    assertEquals(Optional.empty(), found);
  }

  private Path cached(String name) throws IOException {
    System.setProperty("XDG_CACHE_HOME", folder.resolve("cache").toString());
    return executable(Files.createDirectories(folder.resolve("cache/leasehold/bin")).resolve(name));
  }

  private static Path executable(Path file) throws IOException {
    Files.writeString(file, "#!/bin/sh\n");
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }
}
