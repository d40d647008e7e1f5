package dev.leasehold.suite.sidecar;

import dev.leasehold.testbed.sidecar.Ran;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Docker or Podman, by its command line, as {@code sidecar-image/build} finds it.
 *
 * @param program {@code docker} or {@code podman}
 */
record ContainerEngine(String program) {
  /** Where an engine listens, and what its client keeps at home. */
  private static final Set<String> VARIABLES = Set.of("DOCKER_HOST", "CONTAINER_HOST", "HOME");

  /** The first that answers. */
  static Optional<ContainerEngine> find() {
    for (String program : List.of("docker", "podman")) {
      ContainerEngine engine = new ContainerEngine(program);
      String question = "command -v %s >/dev/null && %s info".formatted(program, program);
      if (Ran.command(List.of("sh", "-c", question), engine.environment()).status() == 0) {
        return Optional.of(engine);
      }
    }
    return Optional.empty();
  }

  /** What its client needs of our own environment. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().retainAll(VARIABLES);
    return environment;
  }

  List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
    return command;
  }

  Ran run(String... arguments) {
    return Ran.command(command(List.of(arguments)), environment());
  }
}
