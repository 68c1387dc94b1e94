/** The end of a list of cases: a type error while one is missing. A case that only a newer server knows gives nothing. */
export function unhandled(_value: never): null {
  return null;
}
