package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.InjectKeys;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.inject.Template;
import java.util.Optional;
import java.util.function.BiFunction;

/** Makes an {@link Injection} of an {@code inject:} section. */
final class InjectionReader {
  private InjectionReader() {}

  /**
   * Empty where a part is missing or wrong, which was reported then.
   *
   * @throws IllegalArgumentException when the parts do not go together
   */
  static Optional<Injection> read(Section inject) {
    if (inject.isWritten(InjectKeys.BEARER)) {
      return inject.find(InjectKeys.BEARER).map(Injection.Bearer::new);
    }
    if (inject.isWritten(InjectKeys.BASIC)) {
      return inject.find(InjectKeys.BASIC).flatMap(part -> pair(part, Injection.Basic::new));
    }
    if (inject.isWritten(InjectKeys.LOGIN)) {
      return inject.find(InjectKeys.LOGIN).flatMap(part -> pair(part, Injection.Login::new));
    }
    if (inject.isWritten(InjectKeys.HEADER)) {
      return inject.find(InjectKeys.HEADER).flatMap(part -> named(part, Injection.Header::new));
    }
    if (inject.isWritten(InjectKeys.MTLS)) {
      return inject
          .find(InjectKeys.MTLS)
          .map(
              part ->
                  new Injection.Mtls(part.get(InjectKeys.CERTIFICATE), part.get(InjectKeys.KEY)));
    }
    return inject.find(InjectKeys.QUERY).flatMap(part -> named(part, Injection.Query::new));
  }

  private static Optional<Injection> pair(
      Section part, BiFunction<Template, Template, Injection> make) {
    Optional<Template> password = part.find(InjectKeys.PASSWORD);
    return part.find(InjectKeys.USERNAME)
        .flatMap(username -> password.map(word -> make.apply(username, word)));
  }

  private static Optional<Injection> named(
      Section part, BiFunction<String, Template, Injection> make) {
    Optional<Template> value = part.find(InjectKeys.VALUE);
    return part.find(InjectKeys.NAME)
        .flatMap(name -> value.map(template -> make.apply(name, template)));
  }
}
