/**
 * The testbed itself: that its servers work together before anything of ours is put between them.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.suite.testbed;
