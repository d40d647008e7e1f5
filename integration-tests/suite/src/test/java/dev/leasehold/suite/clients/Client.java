package dev.leasehold.suite.clients;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A client as {@code clients.json} describes it.
 *
 * @param program that has to be there; empty for one of the installed packages
 * @param build what makes it, run by the test itself; empty for nothing
 * @param command what runs it; base URL and file follow
 * @param without what it cannot do by itself
 * @param purpose what it does that is its own; empty for one that does the exercises
 * @param route where the upstream serves that; empty likewise
 * @param host which it calls
 */
record Client(
    String name,
    String program,
    List<String> build,
    List<String> command,
    List<Exercise> without,
    String purpose,
    String route,
    String host) {

  /** All of them, in the order of the page. */
  static List<Client> all(Path files) {
    try {
      return new JsonArray(Files.readString(files.resolve("clients.json")))
          .stream().map(JsonObject.class::cast).map(Client::of).toList();
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }

  private static Client of(JsonObject json) {
    return new Client(
        json.getString("name"),
        json.getString("program", ""),
        texts(json, "build"),
        texts(json, "command"),
        texts(json, "without").stream()
            .map(word -> Exercise.valueOf(word.toUpperCase(Locale.ROOT)))
            .toList(),
        json.getString("purpose", ""),
        json.getString("route", ""),
        json.getString("host", Workshop.HOST));
  }

  private static List<String> texts(JsonObject json, String name) {
    return json.getJsonArray(name, new JsonArray()).stream().map(String.class::cast).toList();
  }

  /** Its part of the upstream's paths, and its folder. */
  String word() {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  /** Whether it does something of its own instead of the exercises. */
  boolean hasPurpose() {
    return !purpose.isEmpty();
  }

  List<Exercise> exercises() {
    if (hasPurpose()) {
      return List.of();
    }
    return Arrays.stream(Exercise.values()).filter(one -> !without.contains(one)).toList();
  }

  /** Words of a command with each {@code ${name}} replaced. */
  static List<String> filled(List<String> words, Map<String, String> places) {
    return words.stream()
        .map(
            word -> {
              String filled = word;
              for (Map.Entry<String, String> place : places.entrySet()) {
                filled = filled.replace("${" + place.getKey() + "}", place.getValue());
              }
              return filled;
            })
        .toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
