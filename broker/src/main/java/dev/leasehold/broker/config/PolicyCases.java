package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.ConfigError;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.form.YamlText;
import dev.leasehold.broker.config.keys.CaseKeys;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table of cases, as read.
 *
 * @param cases none where anything is wrong
 * @param errors all that could be found, by line
 */
public record PolicyCases(List<PolicyCase> cases, List<ConfigError> errors) {
  public PolicyCases {
    cases = List.copyOf(cases);
    errors = List.copyOf(errors);
  }

  /** Blocks on the file system. */
  public static PolicyCases load(Path file) {
    Reading reading = new Reading(Path.of("/"), name -> Optional.empty());
    List<PolicyCase> cases =
        TextFile.read(file, reading)
            .flatMap(text -> YamlText.read(text, reading))
            .flatMap(tree -> CaseKeys.FORM.read(tree, "", reading))
            .filter(root -> reading.isClean())
            .map(PolicyCases::cases)
            .orElse(List.of());
    return new PolicyCases(cases, reading.errors());
  }

  private static List<PolicyCase> cases(Section root) {
    return root.get(CaseKeys.CASES).stream().map(PolicyCases::one).toList();
  }

  private static PolicyCase one(Located<Section> located) {
    Section section = located.value();
    Map<String, String> labels = new HashMap<>();
    section
        .find(CaseKeys.LABELS)
        .ifPresent(all -> all.forEach((name, value) -> labels.put(name, value.value())));
    return new PolicyCase(
        section.find(CaseKeys.NAME).orElse(located.path() + " (line " + located.line() + ")"),
        section.get(CaseKeys.AGENT),
        section.get(CaseKeys.AGENT_PROOF),
        section.get(CaseKeys.KIND),
        section.get(CaseKeys.PURPOSE),
        labels,
        section.find(CaseKeys.ON_BEHALF_OF),
        section.get(CaseKeys.ACTION),
        section.find(CaseKeys.DESTINATION),
        section.get(CaseKeys.METHOD),
        section.get(CaseKeys.PATH),
        section.find(CaseKeys.INTENT),
        section.find(CaseKeys.AT),
        section
            .find(CaseKeys.SIGNALS)
            .map(names -> Set.copyOf(Document.values(section, CaseKeys.SIGNALS))),
        section.get(CaseKeys.CALLS),
        section.get(CaseKeys.DENIALS),
        section.get(CaseKeys.BYTES),
        Set.copyOf(Document.values(section, CaseKeys.APPROVED)),
        section.find(CaseKeys.EXPECT),
        section.find(CaseKeys.RULE));
  }
}
