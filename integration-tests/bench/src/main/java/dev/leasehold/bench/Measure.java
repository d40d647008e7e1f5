package dev.leasehold.bench;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One figure, with the one that it is compared to.
 *
 * @param peer null where nothing comparable exists
 * @param peerName empty with no peer
 * @param goal in words, such as {@code ratio >= 0.75}
 */
record Measure(
    String bench,
    String measure,
    String unit,
    double ours,
    @Nullable Double peer,
    String peerName,
    String goal,
    boolean met) {

  /** With a peer; the goal is on {@code ours / peer}. */
  static Measure atLeastOfPeer(
      String bench, String measure, String unit, double ours, double peer, String name, double k) {
    String goal = "ratio >= " + k;
    return new Measure(bench, measure, unit, ours, peer, name, goal, ours >= k * peer);
  }

  /** With a peer; the goal is on {@code ours / peer}. */
  static Measure atMostOfPeer(
      String bench, String measure, String unit, double ours, double peer, String name, double k) {
    String goal = "ratio <= " + k;
    return new Measure(bench, measure, unit, ours, peer, name, goal, ours <= k * peer);
  }

  /** With a peer; ours may be at most so much more. */
  static Measure atMostAbovePeer(
      String bench, String measure, String unit, double ours, double peer, String name, double k) {
    String goal = "<= peer + " + text(k);
    return new Measure(bench, measure, unit, ours, peer, name, goal, ours <= peer + k);
  }

  /** The goal is on our figure alone. */
  static Measure atMost(
      String bench, String measure, String unit, double ours, double most, Peer peer) {
    String goal = "<= " + text(most);
    return new Measure(bench, measure, unit, ours, peer.value(), peer.name(), goal, ours <= most);
  }

  /** Without a goal: it is to be known. */
  static Measure shown(String bench, String measure, String unit, double ours, Peer peer) {
    return new Measure(bench, measure, unit, ours, peer.value(), peer.name(), "to be known", true);
  }

  /** What ours is shown beside. */
  record Peer(@Nullable Double value, String name) {
    static final Peer NONE = new Peer(null, "");
  }

  private @Nullable Double ratio() {
    return peer == null || peer == 0 ? null : rounded(ours / peer);
  }

  String json() {
    return new JsonObject()
        .put("bench", bench)
        .put("measure", measure)
        .put("unit", unit)
        .put("ours", rounded(ours))
        .put("peer", peer == null ? null : rounded(peer))
        .put("peer_name", peerName)
        .put("ratio", ratio())
        .put("goal", goal)
        .put("met", met)
        .encode();
  }

  static final String HEAD =
      row("bench", "measure", "unit", "ours", "peer", "ratio", "goal", "met", "peer is");

  String row() {
    Double ratio = ratio();
    return row(
        bench,
        measure,
        unit,
        text(ours),
        peer == null ? "-" : text(peer),
        ratio == null ? "-" : text(ratio),
        goal,
        met ? "yes" : "NO",
        peerName.isEmpty() ? "-" : peerName);
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, "%-6s %-34s %-6s %10s %10s %6s  %-14s %-4s %s", cells)
        .stripTrailing();
  }

  private static double rounded(double value) {
    return Double.parseDouble(text(value));
  }

  private static String text(double value) {
    String form = Math.abs(value) >= 1000 || value == Math.rint(value) ? "%.0f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }
}
