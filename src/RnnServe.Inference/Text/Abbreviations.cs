namespace RnnServe.Inference.Text;

/// <summary>Words after which a full stop is part of the word although a capital letter may follow.</summary>
/// <remarks>English, German and French ones. Those that also end sentences (etc., usw., Inc.) are left out on purpose.</remarks>
internal static class Abbreviations
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Words = new HashSet<string>(
        (
            "Mr Mrs Ms Messrs Dr Drs Prof Rev Hon St Gen Col Capt Lt Sgt Maj Cmdr Gov Sen Rep Pres Jr Sr Esq Fr Mt Ft "
            + "vs approx dept fig figs vol vols ed eds nos pp al cf viz resp ca incl excl "
            + "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec "
            + "Hr Hrn Frl Fam Dipl Ing bzw bspw evtl ggf inkl exkl vgl sog zzgl abzgl Nr Str Abb Abs Aufl Bd Bde Hg Hrsg Jh Jhd "
            + "Kap Mio Mrd Tel Tsd Univ geb gest St Okt Dez Jän "
            + "MM Mme Mlle Mgr"
        ).Split(' '),
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool Contains(ReadOnlySpan<char> word) => Words.Contains(word);
}
