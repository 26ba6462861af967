import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';

/** A fault of the app's own: what went wrong is not shown, since it may hold anything. */
export function Unexpected() {
  return (
    <main className="landing">
      <Alert
        type="error"
        header="This page has failed"
        action={<Button onClick={() => location.reload()}>Load again</Button>}
      >
        Nothing that you had saved is lost.
      </Alert>
    </main>
  );
}
