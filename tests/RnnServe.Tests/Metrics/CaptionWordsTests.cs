using System.Security.Cryptography;
using System.Text;
using RnnServe.Training.Kinds.Caption.Metrics;

namespace RnnServe.Tests.Metrics;

/// <summary>Expected values: CoreNLP 3.4.1's lexer (-preserveLines -lowerCase), and coco-caption's list of punctuation.</summary>
public sealed class CaptionWordsTests
{
    [Theory]
    [InlineData("A man (in red) smiles [sic] at {it}.", "a man -lrb- in red -rrb- smiles -lsb- sic -rsb- at -lcb- it -rcb-")]
    [InlineData("-LRB- a dog -rrb- and -LSB- a cat -rsb-", "-lrb- a dog -rrb- and -lsb- a cat -rsb-")]
    [InlineData("a < b > c << d >>", "a < b > c << d >>")]
    [InlineData("Call (555) 123-4567 or 555-1234.", "call -lrb-555-rrb- 123-4567 or 555-1234")]
    [InlineData("* ~ ^ _ | \\ / a*b a/b/c/d", "* ~ ^ _ | \\ / a * b a/b/c / d")]
    [InlineData("** __ ## @@ -----", "** __ ## @@ -----")]
    [InlineData("?? !! ?! ! ?", "?? !! ?!")]
    [InlineData("5 % + 3 = 8 & more #1", "5 % + 3 = 8 & more # 1")]
    [InlineData("a :) b ;-) c :( d", "a :-rrb- b ;--rrb- c :-lrb- d")]
    [InlineData("<b>bold</b> a <a href=\"x y\">link</a> x <3", "<b> bold </b> a <a href=\"x y\"> link </a> x < 3")]
    [InlineData("25° © ® ™ ² × ÷ § 中文 。", "25 ° © ® ™ ² × ÷ § 中文 。")]
    public void Brackets_and_signs_are_words(string caption, string expected) => Check(caption, expected);

    [Theory]
    [InlineData("Mr. and Mrs. Smith at St. John's Inc.", "mr. and mrs. smith at st. john 's inc.")]
    [InlineData("A boy named J. and a girl named K.", "a boy named j. and a girl named k.")]
    [InlineData("the U.S. team, e.g. Dr. Who vs. etc.", "the u.s. team e.g. dr. who vs. etc.")]
    [InlineData("a man, etc., and Co., Ltd.", "a man etc. and co. ltd.")]
    [InlineData("Jan. 5 on Mon. at Rd. 7", "jan. 5 on mon. at rd. 7")]
    [InlineData("Nos. 5 and no. 5 and no. The no.", "nos. 5 and no. 5 and no the no")]
    [InlineData("Miss. and miss. Ill. and ill. Del. and del.", "miss. and miss ill. and ill del. and del")]
    [InlineData("Ph.D. a.k.a. p.m. p. M.", "ph.d. a.k.a. p.m. p. m.")]
    [InlineData("on a hill. by the sea. at home.", "on a hill by the sea at home")]
    [InlineData("A fig. 3 and a fig. tree, word., T-shirt.,", "a fig. 3 and a fig tree word. t-shirt.")]
    [InlineData("Pty. Ltd. and pty. limited co. ltd", "pty. ltd. and pty. limited co. ltd")]
    public void Abbreviations_keep_their_point(string caption, string expected) => Check(caption, expected);

    [Theory]
    [InlineData("I cannot gonna wanna gotta gimme lemme", "i can not gon na wan na got ta gim me lem me")]
    [InlineData("CANNOT Gonna 'tis 'Twas 'twas nice", "can not gon na 't is 't was 't was nice")]
    [InlineData("cannots gonna's can not", "cannots gonna 's can not")]
    [InlineData("It's John's dogs' they're we've I'd I'm she'll DON'T", "it 's john 's dogs they 're we 've i 'd i 'm she 'll do n't")]
    [InlineData("can’t isn’t it’s don`t won't ain't", "ca n't is n't it 's do n`t wo n't ai n't")]
    [InlineData("a boy's, the 90's '90 's n't 'll", "a boy 's the 90 's '90 's n't ll")]
    [InlineData("y'all c'mon o'clock O'Neil ma'am li'l d'Arc", "y' all c'mon o'clock o'neil ma'am li'l d'arc")]
    [InlineData("rock 'n' roll rock'n'roll 'n 'em 'til 'cause ol' cont'd.", "rock 'n' roll rock 'n' roll 'n 'em 'til 'cause ol' cont'd.")]
    [InlineData("'quoted words' ''and'' \"these\" `so` ‘so’ “so” «so» „so“", "quoted words and these so so so so „ so")]
    [InlineData("It&apos;s caf&eacute; AT&amp;T &quot;x&quot; &lt;b&gt; a&nbsp;b &mdash;", "it 's caf&eacute; at&t x < b > a b")]
    public void Contractions_are_two_words(string caption, string expected) => Check(caption, expected);

    [Theory]
    [InlineData("see www.example.com/a?b=1, or example.com.", "see www.example.com/a?b=1 or example.com")]
    [InlineData("www.example.com/index.html?x=1 a.com/b.txt/c. a.net.org,", "www.example.com/index.html?x=1 a.com/b.txt/c a.net.org")]
    [InlineData("IT&APOS;S AT&AMP;T MTG. Mtg. PTY. Pty. ANTI-", "it &apos;s at&t mtg mtg. pty pty. anti-")]
    [InlineData("at http://a.b.com/x_(y) and https://example.org/a-b.", "at http://a.b.com/x_ -lrb- y -rrb- and https://example.org/a-b")]
    [InlineData("mail me@example.com, or <you@example.co.uk>.", "mail me@example.com, or <you@example.co.uk>")]
    [InlineData("@user #tag #1 @ #", "@user #tag # 1 @ #")]
    [InlineData("photo.jpg, in a.b.html and file.zip", "photo.jpg in a.b.html and file.zip")]
    public void Addresses_stay_whole(string caption, string expected) => Check(caption, expected);

    [Theory]
    [InlineData("-5 +3 .5 -0.5 1,000.50 5:30 3-4 5-3", "-5 +3 .5 -0.5 1,000.50 5:30 3-4 5-3")]
    [InlineData("6'2\" and 5'10 tall, 10% of $5 US$5", "6 2 and 5 '10 tall 10 % of $ 5 us$ 5")]
    [InlineData("£5 €5 5¢ ¥5 ½ ¼ ¾ ⅓ ⅔ ⅛ 1½", "# 5 $ 5 5 cents ¥ 5 1/2 1/4 3/4 1/3 2/3 ⅛ 1 1/2")]
    [InlineData("1/2 1 1/2 and/or black/white 12/25/2003 12-25-03", "1/2 1 1/2 and/or black/white 12/25/2003 12-25-03")]
    [InlineData("2nd 1st 50s '50s 3D x2 2x4 C++ C# f#", "2nd 1st 50s '50s 3d x2 2x4 c++ c# f#")]
    [InlineData("x² CO₂ ¹⁰", "x ² co ₂ ¹⁰")]
    public void Numbers_keep_their_sign(string caption, string expected) => Check(caption, expected);

    [Theory]
    [InlineData("AT&T at&t At&T R&B r&b A+B a+b", "at&t at & t at & t r&b r & b a+b a + b")]
    [InlineData("ΟΔΟΣ İZMİR Straße ÀÉ Œuvre", "οδος i\u0307zmi\u0307r straße àé œuvre")]
    [InlineData("US$ us$ New$", "us$ us $ new $")]
    [InlineData("S&P-500 R&D-based a&b", "s&p-500 r&d based a & b")]
    public void Tokens_are_cut_before_case_is_lost(string caption, string expected) => Check(caption, expected);

    [Theory]
    [InlineData("tri-colored T-shirt x-ray 5-year-old pro- anti- a-", "tri-colored t-shirt x-ray 5-year-old pro- anti- a")]
    [InlineData("word.Next stop!Now what?Yes and...so..on", "word.next stop!now what?yes and so on")]
    [InlineData("under_score non\u2011breaking soft\u00ADhyphen zero\u200Bwidth a\u00A0b\u3000c", "under_score non\u2011breaking softhyphen zero width a b c")]
    [InlineData("dog--cat dog – cat dog—cat a - b", "dog cat dog cat dog cat a b")]
    [InlineData("emoji😀here 🐶 ❤ ☺", "emoji here ❤ ☺")]
    public void Words_with_signs_stay_whole(string caption, string expected) => Check(caption, expected);

    [Fact]
    public void A_point_after_an_initial_ends_a_sentence_where_the_next_line_begins_one()
    {
        Assert.Equal(["a point c", "the dog"], Words("A point C.", "The dog"));
        Assert.Equal(["a point c.", "a dog"], Words("A point C.", "a dog"));
        Assert.Equal(["a fig.", "5 dogs", "a fig", "dogs"], Words("A fig.", "5 dogs", "A fig.", "dogs"));
    }

    [Fact]
    public void Each_caption_is_one_line_whatever_is_in_it() =>
        Assert.Equal(["a dog", "", "a b c d", "", "e"], Words("A dog .", "", "a\nb\r\nc\u2028d", " ... ", "e\n"));

    [Fact]
    public void Words_are_found_again_in_a_line_of_them()
    {
        string[] once = Words("The man's dog (a T-shirt) can't see Mr. O'Neil's 1/2 of a U.S. flag, it's & £5.");

        Assert.Equal(["the man 's dog -lrb- a t-shirt -rrb- ca n't see mr. o'neil 's 1/2 of a u.s. flag it 's & # 5"], once);
        Assert.Equal(once, Words(once));
    }

    [Fact]
    public void Every_caption_of_Flickr8k_has_the_words_that_the_judge_finds()
    {
        var captions = TestData.ReadLines(TestData.InShared("data", "flickr8k", "captions.tsv")).Select(line => line.Split('\t')[1]);

        string words = string.Join('\n', Words([.. captions]));

        Assert.Equal(
            "763A02794682F785C3B3A01C81D8D0B1FA478C2367A5A004C81448C89F73F923",
            Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(words))));
    }

    private static void Check(string caption, string expected) => Assert.Equal([expected], Words(caption));

    private static string[] Words(params string[] captions) => [.. CaptionWords.Of(captions).Select(words => string.Join(' ', words))];
}
