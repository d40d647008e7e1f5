package dev.leasehold.broker.audit;

import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.telemetry.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The members of the line that is being written, at the end of the batch's bytes. Whoever fills it
 * keeps to the order of {@link AuditField}. For the writer thread only.
 */
final class AuditLine {
  /** A line with its newline is always shorter. */
  static final int MOST_BYTES = 4096;

  private static final int SUBJECTS_KEPT = 512;
  private static final int TIME_LENGTH = "2026-01-01T00:00:00.000Z".length();

  private final JsonBytes json;

  /** What is said of a task as long as its agent is known in that way. */
  private static final class Subject {
    final AgentProof proof;
    final byte[] encoded;

    Subject(AgentProof proof, byte[] encoded) {
      this.proof = proof;
      this.encoded = encoded;
    }
  }

  private final Map<TaskId, Subject> subjects =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TaskId, Subject> eldest) {
          return size() > SUBJECTS_KEPT;
        }
      };

  private long timeSecond = Long.MIN_VALUE;
  private final byte[] time = new byte[TIME_LENGTH + 2];

  AuditLine(JsonBytes json) {
    this.json = json;
  }

  void begin(long epochMillis, long seq, String type) {
    json.raw('{').name(AuditField.TIME.encoded()).raw(time(epochMillis));
    number(AuditField.SEQ, seq);
    text(AuditField.TYPE, type);
  }

  /** All that is said of a task itself; the same bytes for each of its lines. */
  AuditLine subject(Task task) {
    AgentProof proof = task.agentProof();
    Subject known = subjects.get(task.id());
    if (known == null || known.proof != proof) {
      known = new Subject(proof, subjectOf(task, proof));
      subjects.put(task.id(), known);
    }
    json.name(known.encoded);
    return this;
  }

  /** An empty text is left out. */
  AuditLine text(AuditField field, String value) {
    if (!value.isEmpty()) {
      json.name(field.encoded()).text(value, field.mostBytes());
    }
    return this;
  }

  AuditLine number(AuditField field, long value) {
    json.name(field.encoded()).number(value);
    return this;
  }

  /** Without its query. */
  AuditLine path(String path) {
    int end = 0;
    while (end < path.length() && path.charAt(end) != '?' && path.charAt(end) != '#') {
      end++;
    }
    return text(AuditField.PATH, path.substring(0, end));
  }

  private byte[] subjectOf(Task task, AgentProof proof) {
    JsonBytes own = new JsonBytes(256);
    AuditLine line = new AuditLine(own);
    line.text(AuditField.TASK, task.id().text())
        .text(AuditField.ROOT_TASK, task.rootId())
        .text(AuditField.PARENT, task.parentId())
        .text(AuditField.KIND, task.kind().name())
        .text(AuditField.AGENT, task.agent())
        .text(AuditField.AGENT_PROOF, proof.word())
        .text(AuditField.ON_BEHALF_OF, task.onBehalfOf().orElse(""))
        .text(AuditField.PURPOSE, task.purpose());
    return own.toByteArray();
  }

  /** RFC 3339 in UTC with milliseconds, quoted; the seconds are formatted once for each second. */
  private byte[] time(long epochMillis) {
    long second = Math.floorDiv(epochMillis, 1000L);
    int millis = Math.floorMod(epochMillis, 1000);
    if (second != timeSecond) {
      byte[] text =
          ("\"" + Instant.ofEpochSecond(second).toString().replace("Z", ".000Z") + "\"")
              .getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, time, 0, time.length);
      timeSecond = second;
    }
    int at = time.length - 5;
    time[at] = (byte) ('0' + millis / 100);
    time[at + 1] = (byte) ('0' + millis / 10 % 10);
    time[at + 2] = (byte) ('0' + millis % 10);
    return time;
  }
}
