import { ExplainPage } from '../../shared/explain/explain-page.tsx';
import { useScope } from '../scope.tsx';

export function AdminsExplainPage() {
  return <ExplainPage base={useScope().base} />;
}
