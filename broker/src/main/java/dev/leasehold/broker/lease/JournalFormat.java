package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.JournalRecord.Done;
import dev.leasehold.broker.lease.JournalRecord.Ended;
import dev.leasehold.broker.lease.JournalRecord.Generation;
import dev.leasehold.broker.lease.JournalRecord.GenerationClosed;
import dev.leasehold.broker.lease.JournalRecord.LeaseMade;
import dev.leasehold.broker.lease.JournalRecord.Locked;
import dev.leasehold.broker.lease.JournalRecord.ReadIntent;
import dev.leasehold.broker.lease.JournalRecord.ReadSettled;
import dev.leasehold.broker.lease.JournalRecord.TaskIntent;
import dev.leasehold.broker.lease.JournalRecord.TokenMade;
import dev.leasehold.broker.lease.JournalRecord.Unlocked;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.TaskId;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The journal's lines: CRC-32C of the rest in eight hex digits, a word, and its fields, each
 * percent-encoded, with one space between all of them. A line that does not check is skipped: since
 * recovery revokes what it finds, half a journal is worth more than none.
 */
final class JournalFormat {
  /** The first line of every journal. */
  static final String HEADER = "leasehold-journal 1";

  private static final int CRC_DIGITS = 8;

  /**
   * What a file holds.
   *
   * @param foreign whether the first line says that another version wrote it
   * @param torn bytes at the end that a crash cut off in the middle of a write
   * @param damaged lines that do not check where no crash of ours leaves any
   */
  record Reading(boolean foreign, List<JournalRecord> records, int torn, int damaged) {}

  private JournalFormat() {}

  static byte[] line(JournalRecord record) {
    return line(
        fields(record)
            .map(field -> URLEncoder.encode(field, StandardCharsets.UTF_8))
            .collect(Collectors.joining(" ")));
  }

  static byte[] header() {
    return line(HEADER);
  }

  private static byte[] line(String text) {
    return (crc(text) + " " + text + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static String crc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return String.format("%08x", crc.getValue());
  }

  static Reading read(byte[] file) {
    List<JournalRecord> records = new ArrayList<>();
    boolean foreign = false;
    int damaged = 0;
    int badSinceGood = 0;
    int endOfGood = 0;
    int start = 0;
    for (int at = 0; at < file.length; at++) {
      if (file[at] != '\n') {
        continue;
      }
      String line = new String(file, start, at - start, StandardCharsets.ISO_8859_1);
      boolean first = start == 0;
      start = at + 1;
      if (!checks(line)) {
        if (first) {
          damaged++; // the first line comes with the file, which appears whole or not at all
        } else {
          badSinceGood++;
        }
        continue;
      }
      String text = line.substring(CRC_DIGITS + 1);
      if (first) {
        foreign = !text.equals(HEADER);
      } else if (!parsed(text, records)) {
        badSinceGood++;
        continue;
      }
      damaged += badSinceGood;
      badSinceGood = 0;
      endOfGood = start;
    }
    return new Reading(foreign, records, file.length - endOfGood, damaged);
  }

  private static boolean checks(String line) {
    return line.length() > CRC_DIGITS + 1
        && line.charAt(CRC_DIGITS) == ' '
        && line.startsWith(crc(line.substring(CRC_DIGITS + 1)));
  }

  private static boolean parsed(String text, List<JournalRecord> into) {
    try {
      String[] fields = text.split(" ", -1);
      for (int i = 0; i < fields.length; i++) {
        fields[i] = URLDecoder.decode(fields[i], StandardCharsets.UTF_8);
      }
      into.add(record(fields));
      return true;
    } catch (IllegalArgumentException | IndexOutOfBoundsException notOurs) {
      return false;
    }
  }

  private static Stream<String> fields(JournalRecord record) {
    return switch (record) {
      case Generation(var id, var accessor, var expires) ->
          Stream.of("generation", id, accessor, millis(expires));
      case GenerationClosed(var id) -> Stream.of("generation-closed", id);
      case TaskIntent(var task, var kind, var expires) ->
          Stream.of("task-intent", task.text(), kind, millis(expires));
      case TokenMade(var task, var accessor, var generation) ->
          Stream.of("token-made", task.text(), accessor, generation);
      case ReadIntent(var task, var read, var credential, var revocability, var until) ->
          Stream.of(
              "read-intent",
              task.text(),
              Long.toString(read),
              credential,
              revocability.name(),
              millis(until));
      case LeaseMade(var task, var read, var leaseId, var expires) ->
          Stream.of("lease-made", task.text(), Long.toString(read), leaseId, millis(expires));
      case ReadSettled(var task, var read) ->
          Stream.of("read-settled", task.text(), Long.toString(read));
      case Ended(var task, var signal) -> Stream.of("ended", task.text(), signal.name());
      case Done(var task) -> Stream.of("done", task.text());
      case Locked(var reason) -> Stream.of("locked", reason);
      case Unlocked() -> Stream.of("unlocked");
    };
  }

  private static JournalRecord record(String[] f) {
    return switch (f[0]) {
      case "generation" -> new Generation(f[1], f[2], instant(f[3]));
      case "generation-closed" -> new GenerationClosed(f[1]);
      case "task-intent" -> new TaskIntent(new TaskId(f[1]), f[2], instant(f[3]));
      case "token-made" -> new TokenMade(new TaskId(f[1]), f[2], f[3]);
      case "read-intent" ->
          new ReadIntent(
              new TaskId(f[1]),
              Long.parseLong(f[2]),
              f[3],
              Revocability.valueOf(f[4]),
              instant(f[5]));
      case "lease-made" ->
          new LeaseMade(new TaskId(f[1]), Long.parseLong(f[2]), f[3], instant(f[4]));
      case "read-settled" -> new ReadSettled(new TaskId(f[1]), Long.parseLong(f[2]));
      case "ended" -> new Ended(new TaskId(f[1]), Signal.valueOf(f[2]));
      case "done" -> new Done(new TaskId(f[1]));
      case "locked" -> new Locked(f[1]);
      case "unlocked" -> new Unlocked();
      default -> throw new IllegalArgumentException("unknown record");
    };
  }

  private static String millis(Instant instant) {
    return Long.toString(instant.toEpochMilli());
  }

  private static Instant instant(String millis) {
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }
}
