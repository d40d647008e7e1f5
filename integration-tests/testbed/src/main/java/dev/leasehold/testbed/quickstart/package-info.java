/** The quick start: the main job from beginning to end, narrated, with every claim checked. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.quickstart;
