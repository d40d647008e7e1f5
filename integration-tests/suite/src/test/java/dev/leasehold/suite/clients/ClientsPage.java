package dev.leasehold.suite.clients;

import dev.leasehold.testbed.sidecar.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of {@code docs/clients.md}; a row for each client, found by its name. */
final class ClientsPage {
  private static final Path PAGE = Distribution.project().resolve("docs/clients.md");
  private static final String BEGIN = "<!-- begin of the tables: made by HttpsClientsIT -->\n";
  private static final String END = "<!-- end of the tables -->\n";

  private final String text;

  private ClientsPage(String text) {
    this.text = text;
  }

  static ClientsPage read() {
    try {
      return new ClientsPage(Files.readString(PAGE));
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }

  /** The row as it stands in the page; empty where there is none. */
  String row(Client client) {
    return text.substring(text.indexOf(BEGIN), text.indexOf(END))
        .lines()
        .filter(line -> line.startsWith(begin(client)))
        .findFirst()
        .orElse("");
  }

  private static String begin(Client client) {
    return "| " + client.name() + " |";
  }

  /** The row by what was seen. */
  static String row(Client client, Outcome outcome, Bodies bodies) {
    if (client.hasPurpose()) {
      return begin(client) + " " + client.purpose() + " | " + word(outcome.fault(client)) + " |";
    }
    Stream<String> cells =
        Arrays.stream(Exercise.values())
            .map(one -> client.without().contains(one) ? "–" : word(outcome.fault(one, bodies)));
    return begin(client) + cells.collect(Collectors.joining(" | ", " ", " |"));
  }

  private static String word(Optional<String> fault) {
    return fault.isEmpty() ? "yes" : "**no**";
  }

  /** Puts the clients' rows into the page. */
  void write(List<Client> clients, List<String> rows) {
    List<String> lines = new ArrayList<>(List.of(""));
    Stream<String> titles = Arrays.stream(Exercise.values()).map(one -> one.title);
    lines.add("| client | " + titles.collect(Collectors.joining(" | ")) + " |");
    lines.add("|---".repeat(Exercise.values().length + 1) + "|");
    add(lines, clients, rows, false);
    lines.addAll(List.of("", "| client | what it did | |", "|---|---|---|"));
    add(lines, clients, rows, true);
    lines.addAll(List.of("", ""));
    String before = text.substring(0, text.indexOf(BEGIN) + BEGIN.length());
    try {
      Files.writeString(
          PAGE, before + String.join("\n", lines) + text.substring(text.indexOf(END)));
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  private static void add(
      List<String> lines, List<Client> clients, List<String> rows, boolean purpose) {
    for (int i = 0; i < rows.size(); i++) {
      if (clients.get(i).hasPurpose() == purpose && !rows.get(i).isEmpty()) {
        lines.add(rows.get(i));
      }
    }
  }
}
