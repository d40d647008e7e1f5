package dev.leasehold.broker.vault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** One thing that Vault must hold for a sidecar. */
sealed interface PlanItem {
  /** What it is, for a person. */
  String title();

  /** Where the API keeps it. */
  String path();

  /** A policy. */
  record Policy(String name, List<PathRule> rules) implements PlanItem {
    public Policy {
      List<PathRule> sorted = new ArrayList<>(rules);
      sorted.sort((a, b) -> a.path().compareTo(b.path()));
      rules = List.copyOf(sorted);
    }

    @Override
    public String title() {
      return "policy " + name;
    }

    @Override
    public String path() {
      return "sys/policies/acl/" + name;
    }
  }

  /** A token role or an auth role: named fields, in the order that they are printed. */
  record Role(String title, String path, Map<String, Field> fields) implements PlanItem {
    public Role {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
  }

  /** A value of a role, and with it what "wider" means there. */
  sealed interface Field {
    /** A set of names: more is wider, fewer is missing. */
    record Names(List<String> values) implements Field {
      public Names {
        values = List.copyOf(new TreeSet<>(values));
      }
    }

    /** A switch; the other position is wider when {@code otherIsWider}. */
    record Flag(boolean value, boolean otherIsWider) implements Field {}

    /** A bound on a life: longer is wider, and so is 0, which means the system's. */
    record Bound(Duration value) implements Field {}

    /** A number that must be 0: anything else gives the token another sort of life. */
    record Zero() implements Field {}

    /** A word, equal or different. */
    record Word(String value) implements Field {}

    /** The trust authorities of the cert role; given at {@code apply}, not by the configuration. */
    record Authorities() implements Field {}
  }
}
