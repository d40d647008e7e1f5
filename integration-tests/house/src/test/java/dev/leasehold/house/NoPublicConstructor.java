package dev.leasehold.house;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The class is final and only its own package can make one. */
final class NoPublicConstructor extends ArchCondition<JavaClass> {
  NoPublicConstructor() {
    super("be final and have no constructor that another package can call");
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    boolean closed =
        type.getModifiers().contains(JavaModifier.FINAL)
            && type.getConstructors().stream()
                .allMatch(
                    constructor ->
                        !constructor.getModifiers().contains(JavaModifier.PUBLIC)
                            && !constructor.getModifiers().contains(JavaModifier.PROTECTED));
    events.add(new SimpleConditionEvent(type, closed, type.getName()));
  }
}
