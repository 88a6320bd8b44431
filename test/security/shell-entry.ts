// Runs in the shell's page of the attacks on it: its ports, and what takes control back.
export { startPagePorts } from '../../ui/shell/page-ports.ts';
export { startTakeBack } from '../../ui/shell/take-back.ts';
