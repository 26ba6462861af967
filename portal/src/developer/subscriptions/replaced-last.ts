interface SlotTimes {
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/**
 * The key that a replacement of both ends with: the one that is in use. Where one is under way (what is in use was made
 * after the other, which was in use before) it is that other one, so that whoever comes back goes on where it was left.
 */
export function keyReplacedLast({
  slots,
}: {
  slots: Readonly<Record<'primary' | 'secondary', SlotTimes>>;
}): 'primary' | 'secondary' {
  const { primary, secondary } = slots;
  const [used, other] =
    (secondary.lastUsedAt ?? '') > (primary.lastUsedAt ?? '')
      ? (['secondary', 'primary'] as const)
      : (['primary', 'secondary'] as const);
  const isUnderWay = slots[used].createdAt > slots[other].createdAt && slots[other].lastUsedAt !== null;
  return isUnderWay ? other : used;
}
