import { longReason } from '../words/long-reason';

/** Why something ended as it did: a sentence, or its beginning with the many other parts folded away. */
export function ReasonText(props: { readonly text: string }) {
  const long = longReason(props.text);
  if (long === undefined) return <p>{props.text}</p>;
  return (
    <div class="reason">
      <p>{long.start}</p>
      <details class="folded">
        <summary>and {long.rest.length} more</summary>
        <ul class="plain-list" tabIndex={0}>
          {long.rest.map((part, index) => (
            <li key={index}>{part}</li>
          ))}
        </ul>
      </details>
    </div>
  );
}
