package dev.leasehold.experiments;

import dev.leasehold.experiments.Payload.Door;
import dev.leasehold.experiments.RawAgent.Split;

/** One payload at one door, cut in one way. */
record Attempt(int id, Payload payload, Door door, Split split) {
  String name() {
    return payload.name() + " " + door.word() + " " + split;
  }
}
