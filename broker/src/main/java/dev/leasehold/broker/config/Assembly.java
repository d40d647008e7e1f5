package dev.leasehold.broker.config;

import dev.leasehold.broker.audit.AuditConfig;
import dev.leasehold.broker.audit.FsyncPolicy;
import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.AuditKeys;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.CredentialKeys;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.IdentityKeys;
import dev.leasehold.broker.config.keys.ListenKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.config.keys.VaultKeys;
import dev.leasehold.broker.engine.CedarPolicies;
import dev.leasehold.broker.engine.EngineConfig;
import dev.leasehold.broker.identity.IdentityConfig;
import dev.leasehold.broker.identity.ServerTrust;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.policy.Signals;
import dev.leasehold.broker.proxy.ListenAddress;
import dev.leasehold.broker.proxy.ProxyConfig;
import dev.leasehold.broker.task.DefaultTaskConfig;
import dev.leasehold.broker.vault.SigningConfig;
import dev.leasehold.broker.vault.VaultConfig;
import dev.leasehold.broker.vault.VaultConfig.Heartbeat;
import dev.leasehold.broker.vault.VaultConfig.Login;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Makes every package's record of a document that was checked. */
final class Assembly {
  private final Document document;
  private final Section root;
  private final Signals signals;
  private final List<EngineConfig> engines;
  private final Machine machine;

  private Assembly(
      Document document, Signals signals, List<EngineConfig> engines, Machine machine) {
    this.document = document;
    this.signals = signals;
    this.engines = engines;
    this.root = document.root();
    this.machine = machine;
  }

  /**
   * @throws IllegalArgumentException when a record refuses what the checks let pass
   */
  static Configuration of(
      Document document, Signals signals, List<EngineConfig> engines, Machine machine) {
    return new Assembly(document, signals, engines, machine).assemble();
  }

  private Configuration assemble() {
    Section listen = root.section(RootKeys.LISTEN);
    Section control = root.get(RootKeys.CONTROL);
    Path runtimeDir = folder(RootKeys.RUNTIME_DIR, "XDG_RUNTIME_DIR", "/run/leasehold");
    Path stateDir = folder(RootKeys.STATE_DIR, "XDG_STATE_HOME", "/var/lib/leasehold");
    InetSocketAddress admin = listen.get(ListenKeys.ADMIN).address();
    Set<InetSocketAddress> reserved = new HashSet<>(Set.of(admin));
    control.find(ControlKeys.ADDRESS).ifPresent(address -> reserved.add(address.address()));
    ProxyConfig proxy =
        new ProxyConfig(
            listen.get(ListenKeys.PROXY),
            listen.find(ListenKeys.DEFAULT_PROXY),
            nameServer(),
            runtimeDir,
            listen.isOn(ListenKeys.UNSAFE_LISTEN),
            reserved);
    Map<String, Injection> injections = new HashMap<>();
    document
        .credentials()
        .forEach(
            (name, credential) ->
                injections.put(
                    name,
                    InjectionReader.read(credential.get(CredentialKeys.INJECT)).orElseThrow()));
    return new Configuration(
        identity(root.get(RootKeys.IDENTITY)),
        vault(root.get(RootKeys.VAULT)),
        proxy,
        admin,
        Control.of(root),
        audit(root.get(RootKeys.AUDIT)),
        root.find(RootKeys.INTERCEPTION).map(Assembly::signing),
        runtimeDir,
        stateDir,
        root.find(RootKeys.DEFAULT_TASK).map(Assembly::defaultTask),
        Kinds.of(document),
        Destinations.of(document),
        Credentials.of(document, injections),
        injections,
        PolicyRules.of(document),
        PolicyRules.agents(document),
        signals,
        document.besides().stream().map(Located::value).toList(),
        root.find(RootKeys.APPROVALS).map(ApprovalReader::read),
        root.find(RootKeys.DELEGATION).map(DelegationReader::read),
        engines,
        unsafe(listen, control),
        version());
  }

  private static DefaultTaskConfig defaultTask(Section section) {
    return new DefaultTaskConfig(
        section.get(RootKeys.DEFAULT_KIND),
        section.get(RootKeys.DEFAULT_PURPOSE),
        section.get(RootKeys.DEFAULT_UID));
  }

  private static SigningConfig signing(Section section) {
    return new SigningConfig(
        section.get(RootKeys.INTERCEPTION_SIGN), section.get(RootKeys.INTERCEPTION_TTL));
  }

  private static AuditConfig audit(Section section) {
    FsyncPolicy fsync = new FsyncPolicy(section.get(AuditKeys.FSYNC));
    return section
        .find(AuditKeys.FILE)
        .map(file -> AuditConfig.toFile(file, fsync))
        .orElseGet(AuditConfig::toStdout);
  }

  private static IdentityConfig identity(Section section) {
    return new IdentityConfig(
        section.get(IdentityKeys.WORKLOAD_API), section.find(IdentityKeys.SPIFFE_ID));
  }

  private VaultConfig vault(Section section) {
    Duration longest = VaultChecks.longestTask(document).orElseThrow();
    ServerTrust trust =
        section
            .get(VaultKeys.CA)
            .<ServerTrust>map(ServerTrust.PemFile::new)
            .orElseGet(() -> new ServerTrust.SpiffeServer(section.get(VaultKeys.SERVER_ID)));
    Section login = section.get(VaultKeys.LOGIN);
    Section heartbeat = section.get(VaultKeys.HEARTBEAT);
    return new VaultConfig(
        section.get(VaultKeys.ADDRESS),
        trust,
        new Login(
            login.get(VaultKeys.METHOD),
            login.get(VaultKeys.MOUNT),
            login.get(VaultKeys.LOGIN_ROLE),
            login.find(VaultKeys.AUDIENCE),
            login.find(VaultKeys.LOGIN_TTL).orElseGet(() -> Login.defaultTtl(longest))),
        new Heartbeat(
            heartbeat.get(VaultKeys.HEARTBEAT_ROLE), heartbeat.get(VaultKeys.HEARTBEAT_TTL)),
        longest,
        VaultConfig.Timeouts.DEFAULT,
        VaultConfig.DEFAULT_PARALLEL_CALLS);
  }

  private Optional<InetSocketAddress> nameServer() {
    String resolver = root.get(RootKeys.RESOLVER);
    return ListenAddress.parse(resolver.equals("system") ? "unix:/" : resolver)
            instanceof ListenAddress.Tcp(InetSocketAddress address)
        ? Optional.of(address)
        : Optional.empty();
  }

  /** As the XDG base directories say, whose variables count only when absolute. */
  private Path folder(Key<Path> key, String variable, String otherwise) {
    return root.find(key)
        .or(
            () ->
                machine
                    .variable(variable)
                    .map(Path::of)
                    .filter(Path::isAbsolute)
                    .map(base -> base.resolve("leasehold")))
        .orElse(Path.of(otherwise));
  }

  private List<String> unsafe(Section listen, Section control) {
    List<String> names = new ArrayList<>();
    note(names, listen, ListenKeys.UNSAFE_LISTEN);
    note(names, control, ControlKeys.UNSAFE_SAME_UID);
    note(names, control, ControlKeys.UNSAFE_SHARED_IDENTITY);
    document
        .destinations()
        .values()
        .forEach(destination -> note(names, destination, DestinationKeys.UNSAFE_PLAINTEXT));
    return names;
  }

  private static void note(List<String> names, Section section, Key<Boolean> key) {
    if (section.isOn(key)) {
      names.add(key.name());
    }
  }

  private String version() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((root.canonical() + besides()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** What other files say; nothing where there are none, so that such a file keeps its version. */
  private String besides() {
    StringBuilder text = new StringBuilder();
    if (!signals.windows().isEmpty()) {
      text.append(new TreeMap<>(signals.windows()));
    }
    for (EngineConfig engine : engines) {
      if (engine instanceof EngineConfig.Cedar(var name, CedarPolicies policies, var timeout)) {
        text.append(policies.text());
      }
    }
    return text.toString();
  }
}
