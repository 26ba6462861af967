import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';

interface ConfirmNameProps {
  readonly name: string;
  readonly typed: string;
  readonly onType: (typed: string) => void;
}

/** Asks for a thing's name before it ends for good. */
export function ConfirmName({ name, typed, onType }: ConfirmNameProps) {
  return (
    <FormField label={`Type ${name} to confirm`}>
      <Input
        value={typed}
        onChange={({ detail }) => onType(detail.value)}
        placeholder={name}
        autoComplete={false}
        spellcheck={false}
      />
    </FormField>
  );
}
