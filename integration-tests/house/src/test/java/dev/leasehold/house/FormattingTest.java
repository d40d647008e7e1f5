package dev.leasehold.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.StringWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One formatter, no discussion: google-java-format with its defaults. */
class FormattingTest {
  private static final String HOW_TO_FIX =
      "not formatted; mend with: mvn -B -pl integration-tests/house -am test"
          + " -Dtest=FormattingTest -Dformat=fix -Dsurefire.failIfNoSpecifiedTests=false\n";

  @Test
  void everySourceIsFormatted() throws IOException, FormatterException {
    // Given
    boolean fix = System.getProperty("format", "check").equals("fix");
    List<String> unformatted = new ArrayList<>();

    // When
    for (Path source : Project.files(".java")) {
      String text = Files.readString(source);
      String formatted = format(text);
      if (!formatted.equals(text)) {
        if (fix) {
          Files.writeString(source, formatted);
        } else {
          unformatted.add(Project.root().relativize(source).toString());
        }
      }
    }

    // Then
    assertEquals("", unformatted.isEmpty() ? "" : HOW_TO_FIX + String.join("\n", unformatted));
  }

  @Test
  void anUnformattedSourceIsCaught() throws FormatterException {
    String untidy = "class  A{ }";
    assertNotEquals(untidy, format(untidy));
  }

  private static String format(String source) throws FormatterException {
    Formatter formatter = new Formatter();
    return StringWrapper.wrap(formatter.formatSourceAndFixImports(source), formatter);
  }
}
