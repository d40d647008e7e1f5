package dev.leasehold.experiments;

import dev.leasehold.testbed.sidecar.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of docs/guarantees.md, which the run itself writes. */
final class GuaranteesPage {
  private static final Pattern TABLE =
      Pattern.compile("(?s)(<!-- begin of the results[^\n]*-->\n).*(<!-- end of the results -->)");

  private GuaranteesPage() {}

  static void write(Map<Experiment, Outcome> outcomes, boolean brief, long seed, String servers)
      throws IOException {
    Path page = Distribution.project().resolve("docs/guarantees.md");
    Matcher place = TABLE.matcher(Files.readString(page));
    if (!place.find()) {
      throw new IOException(page + " has no place for the results");
    }
    Files.writeString(
        page,
        place.replaceFirst(
            found ->
                Matcher.quoteReplacement(
                    found.group(1)
                        + "\n"
                        + table(outcomes, brief, seed, servers)
                        + "\n"
                        + found.group(2))));
  }

  static String table(Map<Experiment, Outcome> outcomes, boolean brief, long seed, String servers) {
    StringBuilder text = new StringBuilder();
    text.append(
        "`integration-tests/experiments/run %s--seed %d --write`, on %s, with %s.\n\n"
            .formatted(brief ? "--short " : "", seed, LocalDate.now(ZoneOffset.UTC), servers));
    text.append("| | promise | attempts | figure | threshold | held | control |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    outcomes.forEach(
        (experiment, outcome) ->
            text.append(
                "| %s | %s. %s | %,d | %s %s | %s | %s | %s: %s |\n"
                    .formatted(
                        experiment.id(),
                        experiment.promise(),
                        outcome.detail().isEmpty() ? "" : "(" + outcome.detail() + ")",
                        outcome.n(),
                        Outcome.text(outcome.value()),
                        outcome.unit(),
                        outcome.threshold(),
                        outcome.pass() ? "yes" : "NO",
                        experiment.control(),
                        outcome.caught() ? "caught" : "MISSED")));
    return text.toString();
  }
}
