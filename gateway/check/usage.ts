// What `--help` says of the check; apart, so that printing it loads nothing.

export const CHECK_USAGE = `  npm run tandem -- check SITE [--config FILE] [--json] [--pages N] [--depth N] [--seconds N]

  SITE              id of a site in the configuration; its pages are asked for by the gateway's own pipeline, from this machine
  --json            the report as JSON
  --pages N         so many pages at most (default 50)
  --depth N         so many links away from the start page (default 3)
  --seconds N       so long (default 60)

  exit code         0: nothing is missing · 1: something is · 2: the check could not be made
`;
