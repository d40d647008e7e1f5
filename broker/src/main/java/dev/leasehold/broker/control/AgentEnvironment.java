package dev.leasehold.broker.control;

import dev.leasehold.broker.ca.TrustFiles;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Task;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The variables that make an agent's programs send their calls through the proxy as this task. Most
 * images come with some of them set, so all are given. Variables that name a CA file are given only
 * where that file exists: a program that is told of a missing one fails at its first call.
 *
 * <p>Made anew for each task; holds the task's token, so it is never printed.
 */
final class AgentEnvironment {
  /** What stands in a variable for an API key: SDKs refuse to start with an empty one. */
  static final String SENTINEL = "held-by-leasehold";

  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");
  private static final List<String> PROXY_NAMES = List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY");
  private static final List<String> CA_NAMES = List.of("NODE_EXTRA_CA_CERTS", "DENO_CERT");
  private static final List<String> CA_BUNDLE_NAMES =
      List.of(
          "SSL_CERT_FILE",
          "REQUESTS_CA_BUNDLE",
          "CURL_CA_BUNDLE",
          "AWS_CA_BUNDLE",
          "GIT_SSL_CAINFO",
          "CARGO_HTTP_CAINFO",
          "PIP_CERT");

  private final SocketAddress proxy;
  private final Path runtimeDir;

  AgentEnvironment(SocketAddress proxy, Path runtimeDir) {
    this.proxy = proxy;
    this.runtimeDir = runtimeDir;
  }

  /** Where the task's calls go, with its id and token as userinfo; empty for a Unix socket. */
  Optional<String> proxyUrl(Task task, String token) {
    return proxy instanceof InetSocketAddress address
        ? Optional.of("http://" + task.id() + ":" + token + "@" + authority(address))
        : Optional.empty();
  }

  /** The CA to trust for intercepted TLS, where there is one. */
  Optional<Path> ca() {
    return existing(TrustFiles.CA);
  }

  /**
   * @param control where the agent reaches the control API, as {@code LEASEHOLD_CONTROL} has it
   * @param endpoints the task's local addresses by name
   */
  Map<String, String> variables(
      Task task, String token, String control, Map<String, String> endpoints, Policy policy) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String name : task.destinations()) {
      for (String variable : policy.destination(name).map(Destination::env).orElse(List.of())) {
        variables.put(variable, SENTINEL);
      }
    }
    List<String> notProxied = notProxied(task, policy);
    proxyUrl(task, token)
        .ifPresent(
            url -> {
              PROXY_NAMES.forEach(variable -> putBothCases(variables, variable, url));
              putBothCases(variables, "NO_PROXY", String.join(",", notProxied));
              variables.put("NODE_USE_ENV_PROXY", "1");
            });
    ca().ifPresent(file -> CA_NAMES.forEach(name -> variables.put(name, file.toString())));
    existing(TrustFiles.BUNDLE)
        .ifPresent(file -> CA_BUNDLE_NAMES.forEach(name -> variables.put(name, file.toString())));
    existing(TrustFiles.WGETRC).ifPresent(file -> variables.put("WGETRC", file.toString()));
    javaOptions(endpoints, notProxied)
        .ifPresent(options -> variables.put("JAVA_TOOL_OPTIONS", options));
    variables.put("LEASEHOLD_TASK", task.id().text());
    variables.put("LEASEHOLD_TASK_TOKEN", token);
    variables.put("LEASEHOLD_CONTROL", control);
    return variables;
  }

  /** This machine's own names, but for those that the task's calls go to. */
  private static List<String> notProxied(Task task, Policy policy) {
    Set<String> called =
        task.destinations().stream()
            .flatMap(name -> policy.destination(name).stream())
            .map(destination -> destination.target().host())
            .collect(Collectors.toSet());
    return LOOPBACK.stream().filter(host -> !called.contains(host)).toList();
  }

  /** Java never takes credentials from a proxy's URL, so the port that needs none is preferred. */
  private Optional<String> javaOptions(Map<String, String> endpoints, List<String> notProxied) {
    Optional<String> own = Optional.ofNullable(endpoints.get(Endpoints.PROXY));
    Optional<HostPort> address =
        own.map(URI::create)
            .map(url -> new HostPort(url.getHost(), url.getPort()))
            .or(() -> listener(proxy));
    return address.map(
        to -> {
          StringBuilder options = new StringBuilder();
          for (String scheme : List.of("http", "https")) {
            options.append("-D").append(scheme).append(".proxyHost=").append(to.host());
            options.append(" -D").append(scheme).append(".proxyPort=").append(to.port());
            options.append(' ');
          }
          options.append("-Dhttp.nonProxyHosts=").append(javaHosts(notProxied));
          existing(TrustFiles.STORE)
              .ifPresent(
                  store ->
                      options
                          .append(" -Djavax.net.ssl.trustStore=")
                          .append(store)
                          .append(" -Djavax.net.ssl.trustStorePassword=")
                          .append(TrustFiles.STORE_PASSWORD));
          return options.toString();
        });
  }

  /** Java adds all of loopback to whatever is named here, unless nothing is. */
  private static String javaHosts(List<String> hosts) {
    return hosts.size() < LOOPBACK.size() ? "" : "localhost|127.*|[::1]";
  }

  private record HostPort(String host, int port) {}

  private static Optional<HostPort> listener(SocketAddress proxy) {
    return proxy instanceof InetSocketAddress address
        ? Optional.of(new HostPort(host(address), address.getPort()))
        : Optional.empty();
  }

  private Optional<Path> existing(String file) {
    Path path = runtimeDir.resolve(file).toAbsolutePath();
    return Files.isRegularFile(path) ? Optional.of(path) : Optional.empty();
  }

  private static void putBothCases(Map<String, String> variables, String name, String value) {
    variables.put(name, value);
    variables.put(name.toLowerCase(java.util.Locale.ROOT), value);
  }

  /** {@code host:port} as a URL has it. */
  static String authority(InetSocketAddress address) {
    return host(address) + ":" + address.getPort();
  }

  private static String host(InetSocketAddress address) {
    boolean isV6 = address.getAddress() instanceof Inet6Address;
    if (address.getAddress().isAnyLocalAddress()) {
      return isV6 ? "[::1]" : "127.0.0.1"; // the agent is on this machine
    }
    String host = address.getAddress().getHostAddress();
    return isV6 ? "[" + host + "]" : host;
  }
}
