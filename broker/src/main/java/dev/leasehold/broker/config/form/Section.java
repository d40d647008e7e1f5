package dev.leasehold.broker.config.form;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mapping with fixed keys, as read. A key that was written but wrong is {@link #isWritten
 * written} and has no value, so that checks of meaning can pass over it: it was reported already.
 */
public final class Section {
  private final Form form;
  private final String path;
  private final int line;
  private final Map<String, Integer> written;
  private final Map<Key<?>, Located<?>> values;

  private Section(
      Form form,
      String path,
      int line,
      Map<String, Integer> written,
      Map<Key<?>, Located<?>> values) {
    this.form = form;
    this.path = path;
    this.line = line;
    this.written = written;
    this.values = values;
  }

  public String path() {
    return path;
  }

  public int line() {
    return line;
  }

  public boolean isWritten(Key<?> key) {
    return written.containsKey(key.name());
  }

  /** The value as written, with its place; defaults do not count. */
  @SuppressWarnings("unchecked") // put by read() from the key's own shape
  public <T> Optional<Located<T>> located(Key<T> key) {
    return Optional.ofNullable((Located<T>) values.get(key));
  }

  /** The value, or the default, or nothing. */
  public <T> Optional<T> find(Key<T> key) {
    Optional<Located<T>> located = located(key);
    if (located.isPresent()) {
      return located.map(Located::value);
    }
    return isWritten(key) ? Optional.empty() : key.defaultValue();
  }

  /**
   * The value of a key that is required or has a default, in a document without errors.
   *
   * @throws IllegalStateException when there is none
   */
  public <T> T get(Key<T> key) {
    return find(key).orElseThrow(() -> new IllegalStateException(pathOf(key) + " was not checked"));
  }

  /** The section under a key; where it is absent one without any key, for its defaults. */
  public Section section(Key<Section> key) {
    return find(key)
        .orElseGet(
            () -> new Section((Form) key.shape(), pathOf(key), lineOf(key), Map.of(), Map.of()));
  }

  /** Whether a switch is on; for keys whose default is {@code false}. */
  public boolean isOn(Key<Boolean> key) {
    return find(key).orElse(false);
  }

  public String pathOf(Key<?> key) {
    return path.isEmpty() ? key.name() : path + "." + key.name();
  }

  /** The line of the key, or of the section where it is absent. */
  public int lineOf(Key<?> key) {
    return written.getOrDefault(key.name(), line);
  }

  /** A text that is the same for two sections that mean the same, defaults included. */
  public String canonical() {
    StringBuilder text = new StringBuilder("{");
    for (Key<?> key : form.keys) {
      canonical(key)
          .ifPresent(value -> text.append(key.name()).append('=').append(value).append(';'));
    }
    return text.append('}').toString();
  }

  private <T> Optional<String> canonical(Key<T> key) {
    return find(key).map(key.shape()::canonical);
  }

  /** Which keys a section may have. */
  public static final class Form implements Shape<Section> {
    private final String what;
    private final List<Key<?>> keys;
    private final List<List<Key<?>>> choices = new ArrayList<>();

    private Form(String what, List<Key<?>> keys) {
      this.what = what;
      this.keys = keys;
    }

    /**
     * @param what the section is, such as {@code a task kind}
     */
    public static Form of(String what, Key<?>... keys) {
      return new Form(what, List.of(keys));
    }

    /** The same, of whose named keys exactly one must be written. */
    public Form exactlyOne(Key<?>... among) {
      Form form = new Form(what, keys);
      form.choices.addAll(choices);
      form.choices.add(Arrays.asList(among));
      return form;
    }

    @Override
    public Optional<Section> read(Tree tree, String path, Reading reading) {
      if (!(tree instanceof Tree.Entries mapping)) {
        if (!(tree instanceof Tree.Unreadable)) {
          reading.error(path, tree.line(), "must be " + what + ": a mapping of " + names());
        }
        return Optional.empty();
      }
      Map<String, Integer> written = new LinkedHashMap<>();
      Map<Key<?>, Located<?>> values = new LinkedHashMap<>();
      for (Tree.Entry entry : mapping.entries()) {
        String at = path.isEmpty() ? entry.key() : path + "." + entry.key();
        Integer first = written.putIfAbsent(entry.key(), entry.line());
        if (first != null) {
          reading.error(at, entry.line(), "written twice; first in line " + first);
          continue;
        }
        Optional<Key<?>> known =
            keys.stream().filter(key -> key.name().equals(entry.key())).findFirst();
        if (known.isEmpty()) {
          reading.error(at, entry.line(), "unknown key" + Nearest.hint(entry.key(), keys));
          continue;
        }
        Key<?> key = known.get();
        key.shape()
            .read(entry.placed(), at, reading)
            .ifPresent(value -> values.put(key, new Located<Object>(value, at, entry.line())));
        if (!key.available()) {
          reading.error(at, entry.line(), "not in this version of Leasehold");
        }
      }
      Section section = new Section(this, path, tree.line(), written, values);
      checkPresence(section, reading);
      return Optional.of(section);
    }

    private void checkPresence(Section section, Reading reading) {
      for (Key<?> key : keys) {
        if (key.required() && !section.isWritten(key)) {
          reading.error(
              section.pathOf(key), section.line, "missing; must be " + key.shape().words());
        }
      }
      for (List<Key<?>> choice : choices) {
        long count = choice.stream().filter(section::isWritten).count();
        if (count != 1) {
          String among = String.join(", ", choice.stream().map(Key::name).toList());
          reading.error(
              section.path,
              section.line,
              (count == 0 ? "needs one of: " : "may have only one of: ") + among);
        }
      }
    }

    private String names() {
      return String.join(", ", keys.stream().map(Key::name).toList());
    }

    @Override
    public Map<String, Object> schema() {
      return SectionSchema.of(keys, choices);
    }

    @Override
    public String words() {
      return what;
    }

    @Override
    public String canonical(Section value) {
      return value.canonical();
    }

    List<Key<?>> keys() {
      return keys;
    }
  }
}
