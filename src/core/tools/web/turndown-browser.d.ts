/** The build that brings no parser of its own: it is only handed trees. */
declare module 'turndown/lib/turndown.browser.es.js' {
  import Turndown from 'turndown';
  export default Turndown;
}
