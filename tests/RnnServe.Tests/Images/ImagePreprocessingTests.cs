using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

public sealed class ImagePreprocessingTests
{
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f], Std = [0.229f, 0.224f, 0.225f];

    [Fact]
    public void Colours_become_planes_of_standardised_numbers()
    {
        byte[] rgb = [.. Enumerable.Range(0, 77 * 3).Select(i => (byte)(i * 37))];
        float[] planes = new float[rgb.Length];

        ImagePreprocessing.Normalise(rgb, 77, Mean, Std, planes);

        for (int i = 0; i < planes.Length; i++)
        {
            int colour = i / 77;
            double expected = ((rgb[(i % 77 * 3) + colour] / 255.0) - Mean[colour]) / Std[colour];
            Assert.Equal(expected, planes[i], tolerance: 1e-5);
        }
    }

    [Theory]
    [InlineData(12, 12, 3), InlineData(11, 12, 3), InlineData(12, 13, 3), InlineData(12, 12, 2)]
    public void Lengths_that_do_not_fit_are_refused(int bytes, int floats, int colours)
    {
        if ((bytes, floats, colours) == (12, 12, 3))
            ImagePreprocessing.Normalise(new byte[bytes], 4, Mean, Std, new float[floats]);
        else
            Assert.Throws<ArgumentException>(() => ImagePreprocessing.Normalise(new byte[bytes], 4, Mean.AsSpan(0, colours), Std, new float[floats]));
    }
}
