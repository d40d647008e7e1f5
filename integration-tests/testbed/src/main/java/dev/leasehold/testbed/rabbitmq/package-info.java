/** RabbitMQ with its management API: a foreign HTTP target whose users Vault makes. */
@NullMarked
package dev.leasehold.testbed.rabbitmq;

import org.jspecify.annotations.NullMarked;
