// Which content types of request bodies are text that a page may have written its own address into.

/** Whole words of a subtype, so that `openxmlformats` (a zip) is none. */
const WORDS =
  /^application\/(?:[\w.+-]*[+.-])?(?:json|xml|javascript|ecmascript|x-www-form-urlencoded|graphql|sparql-(?:query|update)|csp-report|ndjson|jsonl|yaml|toml|csv|sql|xhtml|http|json-seq|x-amz-json-\d[\d.]*)$/i;

/** @param type a content type, parameters included */
export function isTextType(type: string): boolean {
  const essence = type.split(';', 1)[0]!.trim();
  return /^text\//i.test(essence) || WORDS.test(essence);
}
