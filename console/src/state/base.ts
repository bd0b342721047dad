/**
 * Where the console lies. Every view is one step below it (`<base>/tail?…`), so whatever page it
 * is opened at, the base is all before the last slash. That holds under any path, and relative
 * addresses of scripts and of the API need to know nothing of it.
 */
export function baseOf(pathname: string): string {
  return pathname.slice(0, pathname.lastIndexOf('/'));
}
