// Says why a test had to be tried twice: what passed in the end may still be a fault that comes rarely.
import type { Reporter, TestCase } from 'vitest/node';

export default class TellFlaky implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { errors } = test.result();
    if (!test.diagnostic()?.flaky || !errors) return;
    for (const { message, stack } of errors)
      process.stdout.write(
        `\nFLAKY ${test.module.relativeModuleId} > ${test.fullName}\n${stack ?? message}\n`,
      );
  }
}
