package dev.leasehold.broker.config.form;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML 1.2 into a {@link Tree}. Anchors, aliases and tags are refused: a configuration says
 * what it means where it stands, and what cannot be repeated cannot be multiplied.
 */
public final class YamlText {
  /** Characters a document may have. */
  public static final int MAX_LENGTH = 1 << 20;

  private static final int MAX_DEPTH = 24;

  private final Reading reading;
  private final Iterator<Event> events;

  private YamlText(Reading reading, Iterator<Event> events) {
    this.reading = reading;
    this.events = events;
  }

  /** Empty when the text is no YAML document at all; the reason is then among the errors. */
  public static Optional<Tree> read(String text, Reading reading) {
    if (text.length() > MAX_LENGTH) {
      reading.error("", 1, "larger than 1 MiB");
      return Optional.empty();
    }
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_LENGTH).build();
    try {
      return new YamlText(reading, new Parse(settings).parseString(text).iterator()).document();
    } catch (MarkedYamlEngineException broken) {
      int line = broken.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      reading.error("", line, "not YAML: " + broken.getProblem());
      return Optional.empty();
    } catch (YamlEngineException broken) {
      // Its message may quote the file, which may hold what it should not.
      reading.error("", 1, "not YAML: it holds a character that YAML does not allow");
      return Optional.empty();
    } catch (TooDeep deep) {
      reading.error("", deep.line, "nested deeper than " + MAX_DEPTH + " levels");
      return Optional.empty();
    }
  }

  private Optional<Tree> document() {
    Optional<Tree> root = Optional.empty();
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof NodeEvent) {
        if (root.isPresent()) {
          reading.error("", line(event), "only one document may stand in the file");
          return Optional.empty();
        }
        root = Optional.of(node(event, 0));
      }
    }
    if (root.isEmpty()) {
      reading.error("", 1, "the file is empty");
    }
    return root;
  }

  private Tree node(Event event, int depth) {
    int line = line(event);
    if (depth > MAX_DEPTH) {
      throw new TooDeep(line);
    }
    if (event instanceof AliasEvent) {
      reading.error("", line, "aliases ('*name') are not allowed");
      return new Tree.Unreadable(line);
    }
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      reading.error("", line, "anchors ('&name') are not allowed");
    }
    return switch (event) {
      case ScalarEvent scalar -> scalar(scalar, line);
      case MappingStartEvent mapping -> mapping(mapping, line, depth);
      case SequenceStartEvent sequence -> sequence(sequence, line, depth);
      default -> throw new IllegalStateException("unexpected event " + event.getEventId());
    };
  }

  private Tree scalar(ScalarEvent scalar, int line) {
    if (scalar.getTag().isPresent()) {
      reading.error("", line, "tags ('!name') are not allowed");
    }
    return new Tree.Text(scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN, line);
  }

  private Tree sequence(SequenceStartEvent start, int line, int depth) {
    refuseTag(start, line);
    List<Tree> items = new ArrayList<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      items.add(node(event, depth + 1));
      event = events.next();
    }
    return new Tree.Items(List.copyOf(items), line);
  }

  private Tree mapping(MappingStartEvent start, int line, int depth) {
    refuseTag(start, line);
    List<Tree.Entry> entries = new ArrayList<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      Tree key = node(event, depth + 1);
      Tree value = node(events.next(), depth + 1);
      if (key instanceof Tree.Text text) {
        entries.add(new Tree.Entry(text.text(), text.line(), value));
      } else if (!(key instanceof Tree.Unreadable)) {
        reading.error("", key.line(), "a key must be text");
      }
      event = events.next();
    }
    return new Tree.Entries(List.copyOf(entries), line);
  }

  private void refuseTag(CollectionStartEvent start, int line) {
    if (start.getTag().isPresent()) {
      reading.error("", line, "tags ('!name') are not allowed");
    }
  }

  private static int line(Event event) {
    return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private static final class TooDeep extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int line;

    TooDeep(int line) {
      super("too deep", null, false, false);
      this.line = line;
    }
  }
}
