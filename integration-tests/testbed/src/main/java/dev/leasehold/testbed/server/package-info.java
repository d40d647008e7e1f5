/** Finding a server's program on this machine, running it in a folder of its own, and ending it. */
@NullMarked
package dev.leasehold.testbed.server;

import org.jspecify.annotations.NullMarked;
