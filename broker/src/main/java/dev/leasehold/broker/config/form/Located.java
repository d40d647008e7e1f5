package dev.leasehold.broker.config.form;

/** A value and where it stands. */
public record Located<T>(T value, String path, int line) {}
