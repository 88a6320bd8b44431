// Says in one sentence when this Node is too old. Plain JavaScript: an older Node cannot read the rest of the program.
const [major, minor] = process.versions.node.split('.').map(Number);
// From these on, TypeScript runs as it is; node:sqlite and zstd are there as well.
const enough = major >= 24 || (major === 23 && minor >= 8) || (major === 22 && minor >= 18);
if (!enough) {
  console.error(`Tandem needs Node 22.18 or newer (24 is best); this is Node ${process.versions.node}.`);
  process.exit(1);
}
