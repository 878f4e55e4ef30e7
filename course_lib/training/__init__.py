"""What training needs beside `fit`: augmentation of image and mask together."""
