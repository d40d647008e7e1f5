package dev.leasehold.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class CyclesTest {
  private static final JavaClasses BROKER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.leasehold.broker");

  @Test
  void packagesHaveNoCycle() {
    assertTrue(BROKER.size() > 50);
    slices().matching("dev.leasehold.broker.(**)").should().beFreeOfCycles().check(BROKER);
  }

  @Test
  void nobodyImportsTheRoot() {
    noClasses()
        .that()
        .resideInAPackage("dev.leasehold.broker.*")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.leasehold.broker")
        .check(BROKER);
  }

  @Test
  void whatProvesAStepCanBeMadeByThatStepOnly() {
    classes()
        .that()
        .haveFullyQualifiedName("dev.leasehold.broker.task.Task")
        .or()
        .haveFullyQualifiedName("dev.leasehold.broker.policy.Grant")
        .or()
        .haveFullyQualifiedName("dev.leasehold.broker.lease.Lease")
        .should(new NoPublicConstructor())
        .check(BROKER);
  }
}
