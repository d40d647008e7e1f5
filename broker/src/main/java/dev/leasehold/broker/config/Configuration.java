package dev.leasehold.broker.config;

import dev.leasehold.broker.approval.ApprovalConfig;
import dev.leasehold.broker.audit.AuditConfig;
import dev.leasehold.broker.ca.InterceptionCa;
import dev.leasehold.broker.control.ControlConfig;
import dev.leasehold.broker.delegation.DelegationConfig;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.engine.EngineConfig;
import dev.leasehold.broker.identity.IdentityConfig;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.policy.AgentProfile;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.Rulebook;
import dev.leasehold.broker.policy.Signals;
import dev.leasehold.broker.proxy.ProxyConfig;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.task.DefaultTaskConfig;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.vault.Intermediate;
import dev.leasehold.broker.vault.SigningConfig;
import dev.leasehold.broker.vault.VaultConfig;
import dev.leasehold.broker.vault.VaultNeeds;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One whole configuration, checked: an immutable snapshot.
 *
 * @param admin where health and metrics are served
 * @param signing who signs the interception CA; empty: we ourselves
 * @param defaultTask present exactly when the proxy has a default listener
 * @param injections by the name of their credential
 * @param rules those of the policy
 * @param agentProfiles by SPIFFE ID
 * @param besides what else was read for it: signals, policies of engines
 * @param approvals empty: nobody can be asked
 * @param delegation empty: work is handed to no other sidecar
 * @param engines policy engines that are asked as well
 * @param unsafe the names of the unsafe settings that are on, one for each place
 * @param version a short digest of everything that has an effect
 */
public record Configuration(
    IdentityConfig identity,
    VaultConfig vault,
    ProxyConfig proxy,
    InetSocketAddress admin,
    ControlConfig control,
    AuditConfig audit,
    Optional<SigningConfig> signing,
    Path runtimeDir,
    Path stateDir,
    Optional<DefaultTaskConfig> defaultTask,
    Map<String, TaskKind> kinds,
    Map<String, Destination> destinations,
    Map<String, Credential> credentials,
    Map<String, Injection> injections,
    List<PolicyRule> rules,
    Map<String, AgentProfile> agentProfiles,
    Signals signals,
    List<Path> besides,
    Optional<ApprovalConfig> approvals,
    Optional<DelegationConfig> delegation,
    List<EngineConfig> engines,
    List<String> unsafe,
    String version) {
  public Configuration {
    kinds = Map.copyOf(kinds);
    destinations = Map.copyOf(destinations);
    credentials = Map.copyOf(credentials);
    injections = Map.copyOf(injections);
    rules = List.copyOf(rules);
    engines = List.copyOf(engines);
    besides = List.copyOf(besides);
    agentProfiles = Map.copyOf(agentProfiles);
    unsafe = List.copyOf(unsafe);
  }

  /**
   * The rules, for deciding calls.
   *
   * @param consents what humans have agreed to
   * @param engines who has to agree to what the rules allow
   */
  public Policy policy(InstantSource clock, Consents consents, List<Engine> engines) {
    return policy(clock, consents, engines, signals);
  }

  /**
   * The same at another hour.
   *
   * @param given the signals of then
   */
  public Policy policy(
      InstantSource clock, Consents consents, List<Engine> engines, Signals given) {
    Map<String, CredentialUse> uses = new HashMap<>();
    credentials.forEach(
        (name, credential) ->
            uses.put(
                name,
                new CredentialUse(
                    name,
                    credential.owner(),
                    credential.classification(),
                    credential.revocability().word(),
                    credential.exception().map(Credential.StaticException::until))));
    boolean levels =
        kinds.values().stream().anyMatch(kind -> kind.autonomy().isPresent())
            || agentProfiles.values().stream().anyMatch(agent -> agent.autonomy().isPresent());
    Rulebook rulebook = new Rulebook(rules, agentProfiles, levels, given, consents);
    return new Policy(version, destinations, uses, clock, rulebook, engines);
  }

  /** The hosts that agents may come to call over HTTP, or over TLS that is intercepted. */
  public Set<String> httpHosts() {
    return destinations.values().stream()
        .filter(Destination::isHttp)
        .map(destination -> destination.target().host())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Names of the credentials that tasks of the kind may come to use. */
  public Set<String> credentialsOf(TaskKind kind) {
    return kind.destinations().stream()
        .flatMap(name -> Optional.ofNullable(destinations.get(name)).stream())
        .flatMap(destination -> destination.credential().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * What Vault must know of this sidecar.
   *
   * @param spiffeId the sidecar's own, for where the configuration leaves it to the Workload API
   */
  public VaultNeeds vaultNeeds(String spiffeId) {
    List<VaultNeeds.Kind> needyKinds =
        kinds.values().stream()
            .sorted(java.util.Comparator.comparing(TaskKind::name))
            .map(kind -> new VaultNeeds.Kind(kind.vaultRole(), kind.ttl(), credentialsOf(kind)))
            .filter(kind -> !kind.credentials().isEmpty())
            .toList();
    List<VaultNeeds.Credential> needed =
        credentials.values().stream()
            .sorted(java.util.Comparator.comparing(Credential::name))
            .map(
                credential ->
                    new VaultNeeds.Credential(
                        credential.name(),
                        credential.path(),
                        credential.revocability() != Revocability.STATIC))
            .toList();
    return new VaultNeeds(
        spiffeId, vault.login(), vault.heartbeat(), needyKinds, needed, intermediates());
  }

  private List<Intermediate> intermediates() {
    return signing.stream()
        .flatMap(
            by ->
                InterceptionCa.constraints(httpHosts()).stream()
                    .map(
                        bounds ->
                            new Intermediate(
                                by,
                                bounds.permittedNames(),
                                bounds.permittedRanges(),
                                bounds.excludedRanges())))
        .toList();
  }

  /** Every agent that a caller or a kind names. */
  public Set<String> agents() {
    return kinds.values().stream()
        .map(TaskKind::agents)
        .flatMap(Collection::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The kinds of which a running task must end when {@code next} takes over: those that are gone or
   * may differ, in themselves or in what they call and use.
   */
  public Set<String> changedKinds(Configuration next) {
    return Changes.kinds(this, next);
  }

  /**
   * The keys that differ in {@code next} and are only read at start: with any of them it must be
   * refused as a reload.
   */
  public List<String> nonReloadable(Configuration next) {
    return Changes.nonReloadable(this, next);
  }
}
