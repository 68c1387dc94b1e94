/**
 * Stands in for re2js (45 KB gz), which Firestore uses only for patterns in pipeline queries. The page has none:
 * its queries are classic ones, and a pattern would end here.
 */
export const RE2JS = {
  compile(pattern: string): never {
    throw new Error(`"${pattern}": the page is built without pattern queries (see vite.config.ts).`);
  },
};
