// Type-checks every part with its own tsconfig, so that the compiler refuses DOM types in the gateway and Node types in the browser.
import { spawnSync } from 'node:child_process';

const parts = ['protocol', 'gateway', 'inject', 'ui', 'handover', 'demo', 'bench', 'scripts', 'test'];
let failed = false;
for (const part of parts) {
  const { status } = spawnSync('tsc', ['-p', part], { stdio: 'inherit' });
  if (status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
