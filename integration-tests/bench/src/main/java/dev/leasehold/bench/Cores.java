package dev.leasehold.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which processors a program may use. */
record Cores(List<Integer> numbers) {
  Cores {
    numbers = List.copyOf(numbers);
  }

  /** The first half of those that we may use, for what is measured. */
  static Cores measured() {
    List<Integer> all = allowed();
    return new Cores(all.subList(0, Math.max(1, all.size() / 2)));
  }

  /** The others, for load and upstream; the same one where there is only one. */
  static Cores load() {
    List<Integer> all = allowed();
    return all.size() == 1 ? measured() : new Cores(all.subList(all.size() / 2, all.size()));
  }

  /** Wherever the machine puts it. */
  static Cores all() {
    return new Cores(allowed());
  }

  private static List<Integer> allowed() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String list =
          lines
              .filter(line -> line.startsWith("Cpus_allowed_list:"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse("0");
      return parse(list);
    } catch (IOException noProc) {
      throw new UncheckedIOException(noProc);
    }
  }

  /** The numbers of a list such as {@code 0-3,8}. */
  static List<Integer> parse(String list) {
    return Stream.of(list.split(",", -1)).flatMapToInt(Cores::range).boxed().toList();
  }

  private static IntStream range(String range) {
    String[] ends = range.split("-", -1);
    int first = Integer.parseInt(ends[0]);
    return IntStream.rangeClosed(first, ends.length == 1 ? first : Integer.parseInt(ends[1]));
  }

  int count() {
    return numbers.size();
  }

  /** The command, kept to these. */
  List<String> pin(List<String> command) {
    String list = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", list));
    pinned.addAll(command);
    return pinned;
  }
}
