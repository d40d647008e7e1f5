/** What grants between sidecars promise, against everything that a grant could be changed into. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.suite.delegation;
